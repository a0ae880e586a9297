"""The shape of a step: a plain function, and what only an orchestrator can give it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One coarse step of a run. The same function runs inside a Prefect task and outside of one.

    Attributes:
        name: What the step does, one verb; the task's name.
        function: What runs.
        retries: How often it is tried again after a failure.
        retry_delay_seconds: Pause before each try.
        timeout_seconds: After which it is given up.
        limit: Name of the concurrency limit that it takes a slot of, or None.
    """

    name: str
    function: Callable[..., Any]
    retries: int = 0
    retry_delay_seconds: float = 0
    timeout_seconds: float
    limit: str | None = None
