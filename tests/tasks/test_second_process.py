"""The second process of a run: what is begun there comes back here, errors too, and it never lingers."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from evaluation.errors import DataError
from tasks.second_process import SecondProcess


class _Elsewhere(SecondProcess):
    """A second process that is there although Great Expectations has been imported by other tests."""

    def __init__(self) -> None:
        imported = {name: sys.modules.pop(name) for name in list(sys.modules) if name == "great_expectations"}
        super().__init__()
        sys.modules.update(imported)


@pytest.fixture(scope="module")
def second():
    with _Elsewhere() as second:
        yield second


def test_work_is_done_elsewhere(second):
    assert second.begin(os.getpid)() not in (os.getpid(), None)


def test_outcomes_belong_to_what_was_begun_in_whatever_order_they_are_asked_for(second):
    first, then = second.begin(divmod, 7, 2), second.begin("{}".format, "x" * 1_000_000)
    assert len(then()) == 1_000_000
    assert first() == first() == (3, 1)


def test_large_pieces_of_work_do_not_block_each_other(second):
    large = "x" * 3_000_000
    begun = [second.begin(large.upper), second.begin(large.upper), second.begin(large.upper)]
    assert [len(outcome()) for outcome in begun] == [3_000_000] * 3


def test_what_fails_to_get_ready_is_not_told(second):
    second.prepare(Path("missing").read_bytes)
    assert second.begin(divmod, 7, 2)() == (3, 1)


def test_an_error_there_is_raised_here(second):
    outcome = second.begin(Path.read_bytes, Path("missing"))
    with pytest.raises(FileNotFoundError) as caught:
        outcome()
    assert "read_bytes" in "".join(caught.value.__notes__)


def test_a_process_that_was_killed_is_told():
    with _Elsewhere() as second:
        second._worker.kill()
        outcome = second.begin(os.getpid)
        with pytest.raises(DataError, match="has ended before it was done"):
            outcome()


def test_nobody_waits_for_a_process_that_is_not_needed_and_nothing_of_it_is_left():
    with _Elsewhere() as second:
        worker, folder = second._worker, Path(second._folder.name)
        began = time.monotonic()
    assert time.monotonic() - began < 5
    assert worker.exitcode is not None
    assert not folder.exists()


def test_without_a_second_process_work_is_done_here(monkeypatch):
    monkeypatch.setitem(sys.modules, "great_expectations", os)
    with SecondProcess() as second:
        second.prepare(Path("missing").read_bytes)
        assert second.begin(os.getpid)() == os.getpid()


@pytest.mark.parametrize("function", ["os.getpid", "pathlib.Path('swept').read_bytes"])
def test_it_is_silent_when_its_run_was_killed(tmp_path, function):
    script = (
        "import multiprocessing, os, pathlib, sys\n"
        "from tasks.second_process import _serve\n"
        "ours, theirs = multiprocessing.Pipe()\n"
        f"ours.send(({function}, (), True))\n"
        "ours.close()\n"
        "_serve(theirs, sys.argv[1])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path)], cwd=Path(__file__).parents[2], capture_output=True, timeout=120
    )
    assert (done.returncode, done.stderr) == (0, b"")
