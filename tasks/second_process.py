"""A second process, in which a part of the work goes on beside the run: validation, models of text, typesetting."""

from __future__ import annotations

import gc
import multiprocessing
import signal
import sys
import tempfile
import traceback
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from functools import partial
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from evaluation.errors import DataError

if TYPE_CHECKING:
    from multiprocessing.connection import Connection
    from multiprocessing.process import BaseProcess


class SecondProcess:
    """Does one piece of work after another; where there is no second process, this one does each when it is waited for.

    Use it as a context around the whole run, entered first of all: the process starts importing Great Expectations (2
    to 8 s) at once. At the end it is ended, in the middle of its work if need be.
    """

    def __init__(self) -> None:
        self._worker: BaseProcess | None = None
        self._awaited: Future[Any] | None = None
        if "great_expectations" in sys.modules or multiprocessing.current_process().daemon:
            return
        self._folder = tempfile.TemporaryDirectory(prefix="service-review-second-", ignore_cleanup_errors=True)
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._worker = context.Process(
            target=_serve, args=(theirs, self._folder.name), name="service-review beside", daemon=True
        )
        self._worker.start()
        theirs.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.end()

    def prepare(self, function: Callable[[], None]) -> None:
        """Have something made ready there, such as an import; nothing is told when it fails."""
        if self._worker is not None:
            self._send(function, (), False)

    def begin(self, function: Callable[..., Any], /, *arguments: Any) -> Callable[[], Any]:
        """Begin a piece of work there.

        Args:
            function: A function of a module; its errors are raised where the outcome is asked for.
            arguments: What it is called with; they and the outcome can be pickled.

        Returns:
            What waits for the outcome and hands it back. It raises a DataError when the process was ended from outside.
        """
        if self._worker is None:
            return partial(function, *arguments)
        self._receive()  # so that never both processes are about to send
        self._awaited = outcome = Future[Any]()
        self._send(function, arguments, True)
        return partial(self._outcome, outcome)

    def end(self) -> None:
        """End the process: nothing more is wanted of it."""
        if self._worker is not None:
            self._worker.kill()
            self._worker.join()
            self._pipe.close()
            self._folder.cleanup()
            self._worker = None

    def _send(self, *message: Any) -> None:
        with suppress(BrokenPipeError):  # then there is nothing to receive either
            self._pipe.send(message)

    def _outcome(self, outcome: Future[Any]) -> Any:
        if not outcome.done():
            self._receive()
        return outcome.result()

    def _receive(self) -> None:
        """Wait for what is awaited, if anything is."""
        awaited, self._awaited = self._awaited, None
        if awaited is None:
            return
        try:
            has_failed, outcome = self._pipe.recv()
        except (EOFError, ConnectionError) as error:
            has_failed, outcome = True, DataError(
                "the second process of the run has ended before it was done",
                remedy="look whether the machine ran out of memory, then run again",
            )  # fmt: skip
            outcome.__cause__ = error
        if has_failed:
            awaited.set_exception(outcome)
        else:
            awaited.set_result(outcome)


def _serve(pipe: Connection, folder: str) -> None:
    """Warm up, then do what is sent, until the run closes the pipe or has gone; the life of the second process."""
    from tasks.validate import get_ready

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # an interrupted run ends this process itself
    tempfile.tempdir = folder  # which the run clears away, however this process ends
    # locks that libraries make here are then nameless, so that none is left over when the process is ended
    multiprocessing.set_start_method("fork", force=True)
    gc.disable()
    get_ready()
    with suppress(EOFError, BrokenPipeError):  # a run that was killed meanwhile is not told
        while True:
            function, arguments, is_awaited = pipe.recv()
            outcome = _carried_out(function, arguments)
            if is_awaited:
                pipe.send(outcome)


def _carried_out(function: Callable[..., Any], arguments: tuple[Any, ...]) -> tuple[bool, Any]:
    """Whether it failed, and the outcome or the error."""
    try:
        return False, function(*arguments)
    except Exception as error:  # raised again in the process that waits for it
        error.add_note(traceback.format_exc())
        return True, error
