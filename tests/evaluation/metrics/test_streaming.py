"""What leaves the engine: spans of instants, outcomes as small numbers, and the tickets of each requester."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import ibis
import numpy as np
import pandas as pd
import pytest

from bench.made_up_facts import read, write
from bench.measuring import PERIOD
from evaluation.metrics import requesters
from evaluation.metrics.aggregating import _Plan, _told, outcome
from evaluation.metrics.catalogue import chosen
from evaluation.metrics.cells import Members
from evaluation.metrics.definition import Definition
from evaluation.metrics.placing import Timeline, measured_periods
from evaluation.metrics.streaming import rows_of
from evaluation.period import Period

KATHMANDU = Period.parse("2026-Q1", zone="Asia/Kathmandu")


@pytest.mark.parametrize("period", [PERIOD, KATHMANDU, Period.parse("2026-H1", zone="America/New_York")])
def test_instants_lie_in_the_span_between_their_bounds(period):
    bounds = Timeline.of(measured_periods(period)).bounds
    tick, days = timedelta(microseconds=1), (bounds[-1] - bounds[0]).days
    moments = [bound + shift for bound in bounds for shift in (-tick, timedelta(), tick)]
    moments += [bounds[0] + timedelta(days=day, seconds=day * 7_919) for day in range(-900, days + 900, 11)]
    table = ibis.memtable(pd.DataFrame({"at": [*moments, None]}).astype({"at": "datetime64[us, UTC]"}))
    found = rows_of(table, bounds=bounds, stamps=["at"]).column("at").tolist()
    nowhere = len(bounds) - 1
    inside = [sum(bound <= moment for bound in bounds) - 1 for moment in moments]
    assert found == [number if number >= 0 else nowhere for number in inside] + [nowhere]


NAMES = ["", "Zażółć gęślą jaźń, the second line of support", "поддержка", "a", "agent-03-branch0", "agent-08-branch5"]


@pytest.mark.parametrize("late", [0, 70_000])
@pytest.mark.parametrize("empty", [0, 300])
def test_names_come_back_and_identities_are_told_apart(late, empty):
    rng = np.random.default_rng(20261122)
    teams = ["early"] * late + [NAMES[number] for number in rng.integers(0, len(NAMES), 3_000)]
    known = [f"202601{number % 30:02}-{number // 30:07}" for number in range(900)]
    who = [None if number % 7 == 0 else known[number] for number in rng.integers(0, 900, len(teams))]
    who[:empty] = [""] * empty
    frame = pd.DataFrame({"team": teams, "branch": teams[::-1], "who": who, "row": np.arange(len(teams))})
    found = rows_of(ibis.memtable(frame), coded=["team", "branch"], identities=["who"])
    own = frame.iloc[found.column("row")]
    for name in ("team", "branch"):
        assert [found.members[name][code] for code in found.column(name)] == own[name].tolist()
    codes = found.column("who")
    assert (codes == -1).tolist() == own["who"].isna().tolist()
    pairs = set(zip(codes.tolist(), own["who"].fillna("nobody"), strict=True))
    assert len(pairs) == len({code for code, _ in pairs}) == len({each for _, each in pairs})


@pytest.mark.parametrize("who", [[], [None, None], [7, 8, None, 7]])
def test_identities_may_be_few_and_need_not_be_text(who):
    table = ibis.memtable({"who": who}, schema={"who": "int64" if 7 in who else "string"})
    codes = rows_of(table, identities=["who"]).column("who").tolist()
    assert sorted(codes) == sorted({None: -1, 7: 0, 8: 1}[one] for one in who)


def test_what_the_engine_tells_is_the_outcome_that_it_gives(tmp_path):
    write(tmp_path, 2_000)
    facts = read(tmp_path).expressions
    definitions = [one for one in chosen({}).values() if isinstance(one, Definition) and one.survey_kind is None]
    seen = set()
    for definition in (one for one in definitions if one.cases.table in ("tickets", "targets", "contacts", "calls")):
        table = facts[definition.cases.table]
        table = table.mutate(exclusion=ibis.ifelse(table.channel == "email", "spam", None))
        columns = {"is excluded": table.exclusion.notnull(), "outcome 0": _told(table, definition)}
        block = {name: own.to_numpy() for name, own in table.select(**columns).execute().items()}
        _Plan(table, [definition], ("channel",)).decided(block)
        expected = outcome(table, definition).execute()
        assert block["outcome 0"].tolist() == expected.tolist(), definition.metric.id
        seen |= set(expected)
    assert seen >= {0, 1, 2, 3, 6}


@pytest.mark.parametrize(("rows", "often"), [(1 << 18, 16), (40, 3)])
def test_tickets_of_requesters_are_those_that_counting_gives(rows, often, monkeypatch):
    monkeypatch.setattr(requesters, "_ROWS_AT_ONCE", rows)
    monkeypatch.setattr(requesters, "_OFTEN", often)
    rng = np.random.default_rng(20261122)
    who = np.minimum(rng.geometric(0.05, 900), 60)
    opened = [datetime(2026, 6, 1, tzinfo=UTC) + timedelta(hours=float(hour)) for hour in rng.uniform(0, 3_000, 900)]
    frame = pd.DataFrame({
        "requester_id": [None if one % 17 == 0 else f"r{one}" for one in who],
        "created_at": pd.Series(opened).astype("datetime64[us, UTC]"),
        "team": [["billing", "repairs", None][number] for number in rng.integers(0, 3, 900)],
        "exclusion": ["spam" if one else None for one in rng.random(900) < 0.1],
    })  # fmt: skip
    timeline = Timeline.of(measured_periods(PERIOD))
    members = Members()
    found = pd.DataFrame(
        requesters.aggregate_requesters(ibis.memtable(frame), timeline, members, top=5, dimensions=["team"])
    )
    found["member"] = np.array(members.names)[found["member"]]
    checked = 0
    for slot, period in enumerate(timeline.periods):
        inside = frame[(frame["created_at"] >= period.start) & (frame["created_at"] < period.end)]
        by_team = inside.assign(team=inside["team"].fillna("(unassigned)")).groupby("team")
        for member, own in [("all", inside), *by_team] if len(inside) else []:
            kept = own[own["exclusion"].isna() & own["requester_id"].notna()]
            tickets = sorted(Counter(kept["requester_id"]).values(), reverse=True)
            row = found[(found["slot"] == slot) & (found["member"] == member)].iloc[0]
            assert (row["n"], row["sum"], row["top"]) == (len(tickets), sum(tickets), sum(tickets[:5]))
            assert row["squares"] == sum(each * each for each in tickets)
            assert row["median"] == pytest.approx(np.median(tickets))
            assert row["left_out"] == own["exclusion"].notna().sum()
            assert row["unknown"] == (own["exclusion"].isna() & own["requester_id"].isna()).sum()
            checked += 1
    assert checked > 12
