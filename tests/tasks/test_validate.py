"""The step that validates: the second process gives what this one would."""

import pickle
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
import pytest

from tasks.validate import Validated, validate_files

RUN_AT = datetime(2026, 8, 1, tzinfo=UTC)
LATE = pd.Timestamp("2027-01-01", tz="UTC")
"""After the run: such a row is quarantined."""

_IN_TWO_PROCESSES = """
import pickle, sys
from datetime import UTC, datetime
from pathlib import Path
from tasks.second_process import SecondProcess
from tasks.validate import validate

if __name__ == "__main__":
    folder = Path(sys.argv[1])
    with SecondProcess() as second:
        found = validate({name: folder / f"{name}.parquet" for name in sys.argv[2:]},
                         datetime(2026, 8, 1, tzinfo=UTC), folder, second)
    assert "great_expectations" not in sys.modules
    sys.stdout.buffer.write(pickle.dumps(found))
"""


@pytest.fixture
def tables(tmp_path):
    opened = pd.to_datetime(["2026-07-01", "2026-07-02", "2026-07-03"], utc=True)
    frames = {
        "tickets": pd.DataFrame({"ticket_id": ["a:1", "a:2", "a:3"], "created_at": [*opened[:2], LATE],
                                 "channel_code": "email"}),
        "ticket_events": pd.DataFrame({"ticket_id": ["a:1", "a:3"], "at": opened[:2], "kind": "public_reply"}),
    }  # fmt: skip
    files = {name: tmp_path / f"{name}.parquet" for name in frames}
    for name, frame in frames.items():
        frame.to_parquet(files[name], index=False)
    return files


def _run(script: str, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    root = Path(__file__).parents[2]
    return subprocess.run([sys.executable, "-c", script, *arguments], cwd=root, capture_output=True, timeout=120)


def test_broken_rows_and_the_events_of_their_tickets_leave(tables, tmp_path):
    found = validate_files(tables, RUN_AT, tmp_path / "here")
    assert pd.read_parquet(found.tables["tickets"])["ticket_id"].tolist() == ["a:1", "a:2"]
    assert pd.read_parquet(found.quarantine["tickets"])["ticket_id"].tolist() == ["a:3"]
    assert pd.read_parquet(found.tables["ticket_events"])["ticket_id"].tolist() == ["a:1"]


def test_a_table_without_broken_rows_is_the_collected_file(tables, tmp_path):
    pd.read_parquet(tables["tickets"]).iloc[:2].to_parquet(tables["tickets"], index=False)
    found = validate_files({"tickets": tables["tickets"]}, RUN_AT, tmp_path / "here")
    assert found.tables == {"tickets": tables["tickets"]}
    assert not found.quarantine


def test_the_second_process_finds_the_same(tables, tmp_path):
    done = _run(_IN_TWO_PROCESSES, str(tmp_path), *tables)
    assert done.returncode == 0, done.stderr.decode()
    assert b"Traceback" not in done.stderr
    found = pickle.loads(done.stdout)
    assert isinstance(found, Validated)
    assert found.validation == validate_files(tables, RUN_AT, tmp_path / "here").validation


def test_what_great_expectations_does_not_need_is_not_imported():
    done = _run(
        "import sys; from expectations.judge import warm_up; warm_up(); print('scipy.stats._stats_py' in sys.modules); "
        "from scipy import stats; print(stats.norm.cdf(0.0))"
    )
    assert done.stdout.decode().split() == ["False", "0.5"], done.stderr.decode()
