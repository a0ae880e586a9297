"""How steps are carried out without an orchestrator: plain calls, tried again when that helps, told as they go."""

from __future__ import annotations

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
