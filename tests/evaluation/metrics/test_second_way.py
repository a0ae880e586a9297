"""Every metric computed a second time, in plain Python over the same rows, for all members of all dimensions."""

import random
import statistics
from datetime import UTC, datetime, timedelta

import pytest

from evaluation.errors import CannotMeasure
from evaluation.measurement import UNASSIGNED
from evaluation.metrics.placing import measured_periods
from evaluation.statistics.intervals import mean_interval, nps_interval, quantile_interval, wilson_interval

CUT = datetime(2026, 10, 10, tzinfo=UTC)
START = datetime(2025, 8, 20, tzinfo=UTC)
DIMENSIONS = {"channel": ["email", "chat", None], "team": ["north", "south"], "agent": ["ann", "bob", None]}
PERIODS = ["2026-Q3", "2026-Q2", "2025-Q4", "2026-07", "2025-09"]


def made_up_tickets(random_, count):
    rows = []
    for number in range(count):
        created = START + timedelta(seconds=random_.randrange(410 * 86_400))
        responded = created + timedelta(seconds=random_.expovariate(1 / 30_000))
        solved = responded + timedelta(seconds=random_.expovariate(1 / 400_000))
        has_reply, is_solved = responded <= CUT and random_.random() < 0.9, solved <= CUT
        seconds = (responded - created).total_seconds()
        row = {
            "ticket_id": f"t:{number}", "requester_id": random_.choice(["r1", "r2", "r3", "r4", None]),
            "created_at": created, "clock_started_at": created, "is_solved": is_solved,
            "first_response_state": "responded" if has_reply else "not_applicable" if is_solved else "pending",
            "reply_count": random_.randrange(4), "reopen_count": random_.choice([0, 0, 0, 1]),
            "is_one_touch": random_.random() < 0.5, "exclusion": random_.choice([None] * 9 + ["spam"]),
            "first_response_agent": random_.choice(DIMENSIONS["agent"]), "solved_agent": random_.choice(["ann", "bob"]),
        }  # fmt: skip
        row |= {name: random_.choice(members) for name, members in DIMENSIONS.items()}
        if has_reply:
            row |= {"first_response_at": responded, "first_response_calendar_seconds": seconds,
                    "first_response_business_seconds": seconds / 3}  # fmt: skip
        if is_solved:
            taken = (solved - created).total_seconds()
            row |= {"solved_at": solved, "full_resolution_business_seconds": taken / 3,
                    "full_resolution_calendar_seconds": taken}  # fmt: skip
        rows.append(row)
    return rows


def made_up_answers(random_, count):
    rows = []
    for number in range(count):
        kind = random_.choice(["csat", "nps"])
        low, high = (1, 5) if kind == "csat" else (0, 10)
        asked = START + timedelta(seconds=random_.randrange(410 * 86_400))
        answered = asked + timedelta(days=random_.expovariate(1 / 8))
        answers = answered <= CUT and random_.random() < 0.6
        row = {"survey_id": f"s:{number}", "kind": kind, "asked_at": asked, "scale_min": float(low),
               "scale_max": float(high), "weight": random_.choice([0.0, 0.5, 1.0, 2.75]), "has_weight": kind == "nps",
               "exclusion": random_.choice([None] * 9 + ["test"])}  # fmt: skip
        row |= {name: random_.choice(members) for name, members in DIMENSIONS.items()}
        if answers:
            row |= {"answered_at": answered, "score": float(random_.randint(low, high))}
        rows.append(row)
    return rows


@pytest.fixture(scope="module")
def world(bench):
    random_ = random.Random(20260921)
    tickets, surveys = made_up_tickets(random_, 900), made_up_answers(random_, 700)
    wanted = ["tickets_created", "tickets_solved", "clearance_rate", "first_response_time",
              "first_response_time_calendar", "full_resolution_time", "one_touch_rate", "reopen_rate",
              "replies_per_solved", "answered_share", "tickets_per_requester", "top_requesters_share", "csat", "nps",
              "response_rate"]  # fmt: skip
    measured = bench.measure(bench.facts(cut=CUT, tickets=tickets, surveys=surveys), zone="Asia/Tokyo", only=wanted)
    periods = {p.id: p for row in measured_periods(bench.period("2026-Q3", "Asia/Tokyo")) for p in row}
    return tickets, surveys, measured, periods


def inside(rows, anchor, period, dimension, member, agent=lambda row: row.get("agent")):
    kept = []
    for row in rows:
        at = anchor(row)
        if at is None or not period.start <= at < period.end:
            continue
        own = agent(row) if dimension == "agent" else row.get(dimension)
        if dimension == "all" or (own or UNASSIGNED) == member:
            kept.append(row)
    return kept


def split(rows, decided, undecided):
    """The rows that decide, and how many are undecided and left out."""
    kept = [row for row in rows if row["exclusion"] is None]
    good, waiting = [row for row in kept if decided(row)], [row for row in kept if not decided(row) and undecided(row)]
    return good, len(waiting), len(rows) - len(good) - len(waiting)


CELLS = [(period, "all", "all") for period in PERIODS] + [
    (period, dimension, member or UNASSIGNED)
    for period in ("2026-Q3", "2026-07")
    for dimension, members in DIMENSIONS.items()
    for member in members
]


@pytest.mark.parametrize(("period_id", "dimension", "member"), CELLS)
class TestCell:
    def get(self, world, metric_id, cell, statistic):
        return world[2].get(metric_id, cell[0], statistic=statistic, dimension=cell[1], member=cell[2])

    def test_durations(self, world, period_id, dimension, member):
        rows = inside(world[0], lambda row: row.get("first_response_at") or row["created_at"], world[3][period_id],
                      dimension, member,
                      lambda row: row["first_response_agent" if row.get("first_response_at") else "agent"])  # fmt: skip
        good, waiting, left_out = split(
            rows,
            lambda row: row["first_response_state"] == "responded",
            lambda row: row["first_response_state"] == "pending",
        )
        for metric_id, clock in (("first_response_time", "business"), ("first_response_time_calendar", "calendar")):
            values = [row[f"first_response_{clock}_seconds"] for row in good]
            self.check_durations(world, metric_id, (period_id, dimension, member), values, (waiting, left_out))

    def check_durations(self, world, metric_id, cell, values, beside):
        deciles = statistics.quantiles(values, n=10, method="inclusive")
        expected = {"mean": statistics.fmean(values), "median": statistics.median(values), "p90": deciles[8],
                    "min": min(values)}  # fmt: skip
        intervals = {"mean": mean_interval(values, lowest=0), "median": quantile_interval(values, 0.5),
                     "p90": quantile_interval(values, 0.9)}  # fmt: skip
        for statistic, value in expected.items():
            found = self.get(world, metric_id, cell, statistic)
            assert found.value == pytest.approx(value, abs=1e-3)
            assert (found.n, found.undecided, found.excluded) == (len(values), *beside)
            if statistic != "min":
                assert found.low == pytest.approx(intervals[statistic].low, abs=1e-3)
                assert found.high == pytest.approx(intervals[statistic].high, abs=1e-3)

    def test_solves(self, world, period_id, dimension, member):
        cell = (period_id, dimension, member)
        rows = inside(world[0], lambda row: row.get("solved_at") or row["created_at"], world[3][period_id], dimension,
                      member, lambda row: row["solved_agent" if row.get("solved_at") else "agent"])  # fmt: skip
        good, _, _ = split(rows, lambda row: row["is_solved"], lambda row: False)
        if not good:
            with pytest.raises(CannotMeasure):
                self.get(world, "tickets_solved", cell, "value")
            return
        assert self.get(world, "tickets_solved", cell, "value").value == len(good)
        reopened = self.get(world, "reopen_rate", cell, "value")
        assert (reopened.numerator, reopened.denominator) == (sum(row["reopen_count"] > 0 for row in good), len(good))
        replies = self.get(world, "replies_per_solved", cell, "mean")
        assert replies.value == pytest.approx(statistics.fmean(row["reply_count"] for row in good))
        answered = [row for row in good if row["reply_count"] > 0]
        touched = self.get(world, "one_touch_rate", cell, "value")
        interval = wilson_interval(sum(row["is_one_touch"] for row in answered), len(answered))
        assert touched.value == pytest.approx(statistics.fmean(row["is_one_touch"] for row in answered))
        assert (touched.low, touched.high) == (pytest.approx(interval.low), pytest.approx(interval.high))
        created = self.get(world, "tickets_created", cell, "value").value
        assert self.get(world, "clearance_rate", cell, "value").value == pytest.approx(len(good) / created)

    def test_arrivals(self, world, period_id, dimension, member):
        cell = (period_id, dimension, member)
        rows = inside(world[0], lambda row: row["created_at"], world[3][period_id], dimension, member)
        good, _, left_out = split(rows, lambda row: True, lambda row: False)
        created = self.get(world, "tickets_created", cell, "value")
        assert (created.value, created.excluded) == (len(good), left_out)
        answered = self.get(world, "answered_share", cell, "value")
        decided = [row for row in good if row["first_response_state"] != "pending"]
        responded = sum(row["first_response_state"] == "responded" for row in decided)
        assert (answered.numerator, answered.denominator) == (responded, len(decided))
        known = [row["requester_id"] for row in good if row["requester_id"]]
        mean = self.get(world, "tickets_per_requester", cell, "mean")
        assert mean.value == pytest.approx(len(known) / len(set(known)))
        assert mean.excluded == len(rows) - len(known)

    def test_answers(self, world, period_id, dimension, member):
        cell = (period_id, dimension, member)
        rows = inside(world[1], lambda row: row.get("answered_at"), world[3][period_id], dimension, member)
        csat, _, _ = split(rows, lambda row: row["kind"] == "csat", lambda row: False)
        found = self.get(world, "csat", cell, "value")
        assert (found.numerator, found.denominator) == (sum(row["score"] >= 4 for row in csat), len(csat))
        nps = [row for row in rows if row["kind"] == "nps" and row["exclusion"] is None and row["weight"] > 0]
        found = self.get(world, "nps", cell, "value")
        weights, scores = [row["weight"] for row in nps], [row["score"] for row in nps]
        net = sum(w * ((s >= 9) - (s <= 6)) for w, s in zip(weights, scores, strict=True))
        interval = nps_interval(scores, weights=weights)
        assert found.value == pytest.approx(100 * net / sum(weights))
        assert found.n == len(nps)
        assert (found.low, found.high) == (pytest.approx(interval.low), pytest.approx(interval.high))

    def test_responses(self, world, period_id, dimension, member):
        rows = inside(world[1], lambda row: row["asked_at"], world[3][period_id], dimension, member)
        fortnight = timedelta(days=14)
        good, young, _ = split(rows, lambda row: row["asked_at"] + fortnight <= CUT, lambda row: True)
        back = [row for row in good if row.get("answered_at") and row["answered_at"] - row["asked_at"] <= fortnight]
        found = self.get(world, "response_rate", (period_id, dimension, member), "value")
        assert (found.numerator, found.denominator, found.undecided) == (len(back), len(good), young)
