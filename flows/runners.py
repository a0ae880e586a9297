"""How steps are carried out without an orchestrator: plain calls, tried again when that helps, told as they go."""

from __future__ import annotations

import sys
import time
from typing import Any, TextIO

from evaluation.errors import ServiceReviewError
from tasks.step import Step

_DOING = {
    "collect": "collecting records",
    "validate": "validating them",
    "evaluate": "evaluating the service",
    "measure": "measuring",
    "render": "setting the report",
    "publish": "publishing the edition",
    "deliver": "delivering it",
}


class DirectRunner:
    """Calls each step in this process and tells on `stream` what is being done and how long it took.

    Only faults from outside (`OSError`) are tried again: what is wrong in the data or the configuration stays wrong.
    """

    def __init__(self, stream: TextIO | None = None, *, quiet: bool = False) -> None:
        self._stream = stream or sys.stderr
        self._quiet = quiet

    def __call__(self, step: Step, /, *arguments: Any, **named: Any) -> Any:
        """Carry out a step."""
        started = time.monotonic()
        self._tell(f"  {_DOING.get(step.name, step.name)} …", end="")
        try:
            outcome = self._attempt(step, arguments, named)
        except BaseException:
            self._tell(" failed")
            raise
        self._tell(f" {time.monotonic() - started:.1f} s")
        return outcome

    def _attempt(self, step: Step, arguments: tuple[Any, ...], named: dict[str, Any]) -> Any:
        for _ in range(step.retries):
            try:
                return step.function(*arguments, **named)
            except ServiceReviewError:
                raise
            except OSError as error:
                self._tell(f" {error}; again in {step.retry_delay_seconds:g} s …", end="")
                time.sleep(step.retry_delay_seconds)
        return step.function(*arguments, **named)

    def _tell(self, text: str, end: str = "\n") -> None:
        if not self._quiet:
            print(text, end=end, file=self._stream, flush=True)
