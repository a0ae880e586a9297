"""How steps are carried out without an orchestrator: plain calls, tried again when that helps, told as they go."""

from __future__ import annotations

import ctypes
import gc
import sys
import time
from collections.abc import Callable
from typing import Any, TextIO

from evaluation.errors import ServiceReviewError
from tasks.step import Step

_DOING = {
    "collect": "collecting records",
    "validate": "validating them",
    "evaluate": "evaluating the service",
    "measure": "measuring",
    "break_down": "measuring",
    "explain": "replaying the ticket",
    "draw": "drawing what is audited",
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
        keep_freed_memory()

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
                return _without_pauses(step.function, arguments, named)
            except ServiceReviewError:
                raise
            except OSError as error:
                self._tell(f" {error}; again in {step.retry_delay_seconds:g} s …", end="")
                time.sleep(step.retry_delay_seconds)
        return _without_pauses(step.function, arguments, named)

    def _tell(self, text: str, end: str = "\n") -> None:
        if not self._quiet:
            print(text, end=end, file=self._stream, flush=True)


_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3
"""What the C library's `mallopt` calls the two thresholds that `keep_freed_memory` sets."""


def keep_freed_memory() -> None:
    """Let this process keep what it frees, up to 256 MiB, for what it asks for next; the same again does nothing more.

    Arrays of a few hundred thousand numbers come and go by the thousand while rows are counted. Given back to the
    system each time, their pages have to be cleared each time they return, which is a sixth of the CPU time of
    measuring (docs/decisions/0003). Only the GNU C library can be told; elsewhere nothing happens.
    """
    if sys.platform != "linux":
        return
    tell = getattr(ctypes.CDLL(None), "mallopt", None)
    if tell is not None:
        tell(_MMAP_THRESHOLD, 32 << 20)
        tell(_TRIM_THRESHOLD, 256 << 20)


def _without_pauses(function: Callable[..., Any], arguments: tuple[Any, ...], named: dict[str, Any]) -> Any:
    """Call with the cyclic garbage collector off: expressions and boxes are many and live until the step ends.

    It takes a third off the CPU time of evaluating and setting a report (docs/decisions/0003).
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        return function(*arguments, **named)
    finally:
        if was_on:
            gc.enable()
