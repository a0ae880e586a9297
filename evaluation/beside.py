"""Where work can go on beside the caller's own; the domain does not know what that is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol


class Beside(Protocol):
    """Does one piece of work after another, beside what its caller does meanwhile."""

    def prepare(self, function: Callable[[], None]) -> None:
        """Have something made ready there, such as an import."""

    def begin(self, function: Callable[..., Any], /, *arguments: Any) -> Callable[[], Any]:
        """Begin a piece of work there; what comes back waits for its outcome and hands it back."""
