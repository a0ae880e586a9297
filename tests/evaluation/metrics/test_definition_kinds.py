"""The contract of definitions that rest on several tables, or on the rows of each cell."""

import numpy as np
import pytest

from evaluation.measurement import UNASSIGNED, Absent
from evaluation.metrics.cases import CREATED, TARGETS, always, standing
from evaluation.metrics.definition import Definition, FrameDefinition, RatioDefinition, Reading, Summary
from evaluation.metrics.responsiveness import FIRST_RESPONSE_TIME
from evaluation.metrics.workload import CLEARANCE_RATE, TICKETS_CREATED, TICKETS_SOLVED

CREATIONS = Definition(metric=TICKETS_CREATED, cases=CREATED, standing=standing(decided=always), summary=Summary.COUNT)
PROMISES = Definition(metric=TICKETS_SOLVED, cases=TARGETS, standing=standing(decided=always), summary=Summary.COUNT)
PER_HUNDRED = RatioDefinition(metric=CLEARANCE_RATE, numerator=PROMISES, denominator=CREATIONS, per=100)


def ticket(number, at="2026-07-03T10:00Z", **more):
    return {"ticket_id": f"t:{number}", "created_at": at, **more}


def target(number, at="2026-07-04T10:00Z", **more):
    return {"ticket_id": f"t:{number}", "applied_at": at, "decided_at": at, "state": "met", **more}


def spread(rows, cells):
    """The range of the reply counts, which nothing says of rows that are all alike."""
    counts = rows["count"].astype(float).groupby(cells)
    width = (counts.max() - counts.min()).to_numpy()
    width = np.where(width > 0, width, np.nan)
    size = np.bincount(cells).astype(float)
    return {
        "range": Reading(value=width, low=0 * width, high=10 + 0 * width),
        "size": Reading(value=size, numerator=size, denominator=np.ones_like(size)),
    }


SPREAD = FrameDefinition(
    metric=FIRST_RESPONSE_TIME[0].metric,
    cases=CREATED,
    standing=standing(
        decided=lambda table: table.reply_count > 0,
        undecided=lambda table: table.reply_count == 0,
        unknown=lambda table: table.reply_count.isnull(),
    ),
    columns={"count": lambda table: table.reply_count},
    compute=spread,
    statistics=("range", "size"),
)


@pytest.fixture
def only(monkeypatch):
    def use(definition):
        monkeypatch.setattr("evaluation.metrics.measuring.chosen", lambda options: {definition.metric.id: definition})
        return definition.metric.id

    return use


class TestRatio:
    def test_divides_cases_of_two_tables_per_so_many(self, bench, only):
        tickets = [ticket(n, channel="email" if n else None) for n in range(4)]
        facts = bench.facts(tickets=tickets, targets=[target(1, channel="email"), target(2, channel="chat")])
        found = bench.measure(facts) if only(PER_HUNDRED) else None
        row = found.get("clearance_rate", "2026-07", statistic="value")
        assert (row.value, row.numerator, row.denominator, row.n) == (50, 2, 4, 4)
        members = {
            row.member: (row.value, row.numerator, row.n)
            for row in found.members("clearance_rate", "2026-Q3", "channel", statistic="value")
        }
        assert members == {"chat": (None, 1, 0), "email": (pytest.approx(100 / 3), 1, 3), UNASSIGNED: (0, 0, 1)}

    @pytest.mark.parametrize("given", ["tickets", "targets"])
    def test_is_absent_when_either_table_is_missing(self, bench, only, given):
        rows = {"tickets": [ticket(1)], "targets": [target(1)]}
        metric_id = only(PER_HUNDRED)
        found = bench.measure(bench.facts(**{given: rows[given]}))
        assert {(row.metric_id, row.value, row.reason) for row in found} == {(metric_id, None, Absent.NO_SOURCE)}

    def test_is_not_zero_where_the_table_above_the_line_does_not_reach(self, bench, only):
        only(PER_HUNDRED)
        tickets = [ticket(n, at=f"2026-0{n}-03T10:00Z") for n in (5, 6, 7, 8)]
        found = bench.measure(bench.facts(tickets=tickets, targets=[target(6, at="2026-06-20T10:00Z")]))
        values = {m: found.get("clearance_rate", f"2026-0{m}", statistic="value") for m in (5, 6, 7)}
        assert [row.value for row in values.values()] == [None, 100, 0]
        assert values[5].reason is Absent.NO_CASES

    def test_is_unknown_when_all_that_is_above_the_line_is(self, bench):
        facts = bench.facts(tickets=[ticket(1, is_solved=True), ticket(2)])
        row = bench.measure(facts, only=["clearance_rate"]).get("clearance_rate", "2026-07", statistic="value")
        assert (row.value, row.reason, row.n) == (None, Absent.NO_EVENTS, 2)


class TestFrame:
    def test_computes_each_cell_on_its_decided_rows(self, bench, only):
        rows = [ticket(1, reply_count=1, team="north"), ticket(2, reply_count=4, team="north"),
                ticket(3, reply_count=9, at="2026-08-03T10:00Z"), ticket(4, reply_count=0, team="north"),
                ticket(5, reply_count=7, exclusion="spam")]  # fmt: skip
        metric_id = only(SPREAD)
        found = bench.measure(bench.facts(tickets=rows))
        quarter = found.get(metric_id, "2026-Q3", statistic="range")
        assert (quarter.value, quarter.low, quarter.high) == (8, 0, 10)
        assert (quarter.n, quarter.undecided, quarter.excluded) == (3, 1, 1)
        july = found.get(metric_id, "2026-07", statistic="range", dimension="team", member="north")
        assert (july.value, july.n, july.undecided) == (3, 2, 1)
        size = found.get(metric_id, "2026-07", statistic="size")
        assert (size.value, size.numerator, size.denominator) == (2, 2, 1)

    def test_says_when_a_statistic_is_undefined_for_the_cases_there_are(self, bench, only):
        metric_id = only(SPREAD)
        found = bench.measure(bench.facts(tickets=[ticket(1, reply_count=3), ticket(2, reply_count=3)]))
        alike = found.get(metric_id, "2026-07", statistic="range")
        assert (alike.value, alike.n, alike.reason) == (None, 2, Absent.UNDEFINED)
        assert found.get(metric_id, "2026-07", statistic="size").value == 2
        assert found.get(metric_id, "2026-06", statistic="range").reason is Absent.NO_CASES

    @pytest.mark.parametrize(
        ("count", "reason"), [(0, Absent.NOT_DECIDED), (None, Absent.NO_EVENTS)], ids=["undecided", "unknown"]
    )
    def test_is_not_called_without_decided_rows(self, bench, only, count, reason):
        metric_id = only(SPREAD)
        found = bench.measure(bench.facts(tickets=[ticket(1, reply_count=count)]))
        assert found.get(metric_id, "2026-07", statistic="range").reason is reason

    def test_is_absent_without_its_table(self, bench, only):
        only(SPREAD)
        assert {row.reason for row in bench.measure(bench.facts(targets=[target(1)]))} == {Absent.NO_SOURCE}


def test_a_withheld_part_of_a_ratio_stays_withheld(bench):
    facts = bench.facts(tickets=[ticket(1)])
    found = bench.measure(
        facts, only=["tickets_created", "clearance_rate"], withheld={"tickets_created": "tickets.created_at.not_null"}
    )
    assert found.get("tickets_created", "2026-07", statistic="value").reason is Absent.WITHHELD
    assert found.get("clearance_rate", "2026-07", statistic="value").value == 0
