"""One definition, three engines: every figure is the same on DuckDB, PostgreSQL and Spark."""

import re
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import psycopg
import pytest

from evaluation.audit_population import population
from evaluation.breakdowns import Ground, breakdowns
from evaluation.facts import derive
from evaluation.identities import check_identities
from evaluation.judgement.counting import counts_of, exclusions_of
from evaluation.ledger import ledger
from evaluation.metrics import measure
from evaluation.metrics.catalogue import chosen
from evaluation.period import Period
from evaluation.settings import Settings
from evaluation.validation import Validation
from tasks.collect import collect
from tasks.configuration.reading import read_review
from tasks.engine import opened
from tasks.evaluate import cut_of, evaluate
from tasks.validate import validate_files

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parents[2]
NORTHWIND = ROOT / "examples" / "northwind-care"
OWN_METRICS = ROOT / "docs" / "own-metrics.md"
RUN_AT = datetime.fromisoformat("2026-11-21T12:00:00+00:00")
QUARTER = Period.parse("2026-Q3", zone="Europe/Warsaw")
TICKETS = 1500
"""As few as the generator can plant all its faults in; the other ten tables come with them."""


@pytest.fixture(scope="session")
def organisation(tmp_path_factory):
    """Northwind Care in small: its settings with more metrics of its own, and its eleven validated tables."""
    folder = tmp_path_factory.mktemp("northwind")
    command = [sys.executable, str(NORTHWIND / "generate.py"), "--tickets", str(TICKETS), "--into", folder / "data"]
    subprocess.run(command, check=True, capture_output=True)
    text = (NORTHWIND / "review.yaml").read_text(encoding="utf-8")
    own = re.findall(r"```yaml\nmetrics:\n(.*?)```", OWN_METRICS.read_text(encoding="utf-8"), re.DOTALL)
    (folder / "review.yaml").write_text(text.replace("main_figures:", f"{''.join(own)}\nmain_figures:", 1), "utf-8")
    review = read_review(folder / "review.yaml")
    collected = collect(review.sources, folder, folder / "work")
    assert len(collected.tables) == 11
    return review.settings, validate_files(collected.tables, RUN_AT, folder / "run").tables


@dataclass
class Known:
    """Everything that the domain says of an organisation, computed on one engine."""

    frames: dict[str, pd.DataFrame]
    counts: Any
    ledgers: Any

    @classmethod
    def on(cls, engine, settings, files):
        with opened(files, engine) as tables:
            cut = cut_of(tables, QUARTER, None, RUN_AT)
            facts = derive(tables, settings, cut)
            frames = {f"facts {name}": table.to_pyarrow().to_pandas() for name, table in facts.expressions.items()}
            measured = measure(facts, settings, QUARTER)
            frames["measurements"] = measured.frame
            identities = check_identities(measured, facts, chosen(settings.metrics), QUARTER)
            frames["identities"] = pd.DataFrame(map(asdict, identities))
            ground = Ground(facts=facts, tables=tables, settings=settings, period=QUARTER, measurements=measured)
            made = breakdowns(ground)
            frames |= {f"breakdown {name}": one.frame for name, one in made.items()}
            said = {name: (one.reason, dict(one.facts)) for name, one in made.items()}
            drawable = population(facts, QUARTER, ("tickets", "calls"), "agent", own_draw="none")
            frames["cases that can be drawn"] = pd.DataFrame(map(asdict, drawable.cases))
            said["left out of the draw"] = drawable.left_out
            counts = (cut, dict(counts_of(facts, tables, QUARTER)), dict(exclusions_of(facts, QUARTER)), said)
            tickets = sorted(frames["facts targets"]["ticket_id"].unique())[:20]
            return cls(frames, counts, ledger(tables, settings, cut, tickets))


@pytest.fixture(scope="session")
def on_duckdb(organisation, embedded):
    return Known.on(embedded, *organisation)


def test_every_fact_figure_and_breakdown_is_the_same(organisation, on_duckdb, other_engine, told_apart):
    other = Known.on(other_engine, *organisation)
    assert set(on_duckdb.frames) == set(other.frames)
    found = [line for name, one in on_duckdb.frames.items() for line in told_apart(name, one, other.frames[name])]
    assert not found, "\n".join(found)
    assert other.counts == on_duckdb.counts
    assert other.ledgers == on_duckdb.ledgers
    assert len(on_duckdb.ledgers) > 20


def test_the_compared_figures_are_many_and_of_every_kind(on_duckdb):
    figures = on_duckdb.frames["measurements"]
    told = figures[figures["value"].notna()]
    assert len(told) > 20_000
    assert {"value", "mean", "median", "p90", "min"} <= set(told["statistic"])
    assert {"all", "channel", "team", "branch", "topic", "priority", "agent"} <= set(told["dimension"])
    assert told["metric_id"].nunique() > 40
    assert {"nps_first_answers", "unsolved_complaints", "replies_to_a_complaint"} <= set(told["metric_id"])


def frames_of_a_small_desk():
    """Four tickets, each answered an hour later than the one before, and 123456 microseconds."""
    start = pd.Timestamp("2026-07-01 10:00:00.654321", tz="UTC")
    tickets = pd.DataFrame({
        "ticket_id": [f"a:{number}" for number in range(4)],
        "created_at": [start + timedelta(days=number) for number in range(4)],
        "channel_code": "email", "tags": [["vip", "a,b"], [], None, ['"quoted"', "\\"]],
        "subject": ["tab\tand\nline", "back\\slash", "", "Ünïcode ✓"],
    })  # fmt: skip
    events = []
    for number, row in tickets.iterrows():
        replied = row.created_at + timedelta(hours=number + 1, microseconds=123456)
        events += [
            (row.ticket_id, row.created_at, "requester_message", "requester", "kim", "Help"),
            # at one instant the author that comes later by code point is the second: Zoe, anna, Ärger, żaneta
            *[(row.ticket_id, replied, "public_reply", "agent", name, None) for name in ("żaneta", "anna", "Zoe")],
            (row.ticket_id, replied, "public_reply", "agent", "Ärger", None),
            (row.ticket_id, replied + timedelta(hours=1), "requester_message", "requester", "kim", "  СПАСИБО!!"),
        ]
    columns = ["ticket_id", "at", "kind", "actor_kind", "actor_id", "text"]
    return {"tickets": tickets, "ticket_events": pd.DataFrame(events, columns=columns)}


@pytest.fixture
def small_desk(tmp_path):
    """Its canonical files."""
    files = {}
    for name, frame in frames_of_a_small_desk().items():
        files[name] = tmp_path / f"{name}.parquet"
        frame.to_parquet(files[name])
    return files


SMALL = Settings.model_validate(
    {"organisation": {"name": "Small", "time_zone": "UTC"}, "replay": {"no_reply_needed": ["спасибо"]}}
)


def test_quantiles_lie_between_two_cases_and_microseconds_are_kept(small_desk, any_engine):
    with opened(small_desk, any_engine) as tables:
        facts = derive(tables, SMALL, datetime(2026, 8, 1, tzinfo=UTC))
        rows = facts["tickets"].order_by("ticket_id").to_pyarrow().to_pylist()
        july = Period.parse("2026-07", zone="UTC")
        figures = measure(facts, SMALL, july, only=["first_response_time"])
        tags = tables["tickets"].order_by("ticket_id").select("tags", "subject").to_pyarrow().to_pylist()
    hours = [3600 * (number + 1) + 0.123456 for number in range(4)]
    assert [row["first_response_calendar_seconds"] for row in rows] == hours
    assert [row["first_response_at"].microsecond for row in rows] == [777777] * 4
    values = {name: figures.get("first_response_time", "2026-07", statistic=name).value for name in ("median", "p90")}
    # linear: 1, 2, 3, 4 hours have their median at 2.5, and their ninth tenth at 1 + 0.9 x 3 = 3.7
    assert values["median"] == pytest.approx(2.5 * 3600 + 0.123456, rel=1e-12)
    assert values["p90"] == pytest.approx(3.7 * 3600 + 0.123456, rel=1e-12)
    # replies at one instant are in the order of code points; thanks in capitals need no reply
    assert {row["first_response_agent"] for row in rows} == {"Zoe"}
    assert {row["reply_count"] for row in rows} == {4}
    assert {row["first_response_state"] for row in rows} == {"responded"}
    assert [row["tags"] for row in tags] == [["vip", "a,b"], [], None, ['"quoted"', "\\"]]
    assert [row["subject"] for row in tags] == ["tab\tand\nline", "back\\slash", "", "Ünïcode ✓"]


def tables_left(watcher):
    """How many tables a database holds beside the server's own, temporary ones of others included."""
    query = "SELECT count(*) FROM pg_class JOIN pg_namespace n ON n.oid = relnamespace WHERE relkind = 'r'"
    return watcher.execute(f"{query} AND nspname NOT IN ('pg_catalog', 'information_schema')").fetchone()[0]


def interrupted(files, engine, watcher):
    """Two runs at once, of which both fail in the middle."""
    with opened(files, engine) as one, opened(files, engine) as two:
        derive(two, SMALL, datetime(2026, 8, 1, tzinfo=UTC))
        assert one["tickets"].count().execute() == two["tickets"].count().execute() == 4
        assert tables_left(watcher) > 4
        raise InterruptedError


def test_two_runs_at_once_do_not_meet_and_nothing_stays_behind(small_desk, ordered_otherwise):
    address = ordered_otherwise.url.get_secret_value().replace("+psycopg", "")
    with psycopg.connect(address, autocommit=True) as watcher:
        with pytest.raises(InterruptedError):
            interrupted(small_desk, ordered_otherwise, watcher)
        for _ in range(50):  # the server ends a session a moment after its client has left
            if tables_left(watcher) == 0:
                break
            time.sleep(0.1)
        assert tables_left(watcher) == 0


def test_a_run_takes_the_engine_of_its_configuration(small_desk, ordered_otherwise):
    period = Period.parse("2026-07", zone="UTC")
    validation = Validation(checks=())
    asked = {"validation": validation, "intake": (), "as_of": None, "run_at": RUN_AT}
    embedded = evaluate(small_desk, SMALL, period, **asked)
    other = evaluate(small_desk, SMALL, period, **asked, engine=ordered_otherwise)
    pd.testing.assert_frame_equal(other.measurements.frame, embedded.measurements.frame)
    assert (other.cut, other.sizes, other.exclusions) == (embedded.cut, embedded.sizes, embedded.exclusions)
    assert other.sizes["tickets"] == 4
