"""Reasons of contact, busiest requesters and benchmarks, worked out by hand."""

from datetime import UTC, datetime

import ibis
import pandas as pd
import pytest

from evaluation.breakdowns import Ground
from evaluation.breakdowns.benchmark import benchmark
from evaluation.breakdowns.contact_reasons import contact_reasons
from evaluation.breakdowns.top_requesters import top_requesters
from evaluation.facts.shapes import DIMENSION_COLUMNS, FACT_COLUMNS, Facts
from evaluation.judgement.control import looked_at, standing
from evaluation.judgement.reasons import reason_differences, with_verdicts
from evaluation.measurement import UNASSIGNED
from evaluation.metrics import measure
from evaluation.metrics.catalogue import chosen
from evaluation.period import Period
from evaluation.settings import Settings
from evaluation.tables import Tables
from evaluation.verdict import Against, Change, LookedAt

CUT = datetime(2026, 9, 15, tzinfo=UTC)
SETTINGS = Settings.model_validate({"organisation": {"name": "Northwind Care", "time_zone": "UTC"}})
IDS = ["contact_reasons", "repeat_contact_share", "complaint_rate"]


def kind_of(column):
    if column.endswith("_at") or column == "at":
        return "timestamp('UTC', 6)"
    if column.endswith("_seconds"):
        return "float64"
    if column.endswith("_count"):
        return "int64"
    return "boolean" if column.startswith(("is_", "has_", "was_")) else "string"


def table(connection, name, rows):
    columns = [*FACT_COLUMNS[name], *DIMENSION_COLUMNS, "exclusion"]
    frame = pd.DataFrame([{column: row.get(column) for column in columns} for row in rows], columns=columns).astype(
        object
    )
    for column in columns:
        if "timestamp" in kind_of(column):
            frame[column] = pd.to_datetime(frame[column], utc=True, format="ISO8601").astype("datetime64[us, UTC]")
    return connection.create_table(name, frame, schema=ibis.schema({column: kind_of(column) for column in columns}))


def ground(period="2026-08", cut=CUT, outside=None, only=None, **facts):
    connection = ibis.duckdb.connect()
    connection.raw_sql("SET TimeZone = 'UTC'")
    made = Facts({name: table(connection, name, rows) for name, rows in facts.items()}, cut)
    asked = Period.parse(period, zone="UTC")
    tables = Tables.from_frames({"benchmarks": pd.DataFrame(outside)} if outside else {})
    return Ground(facts=made, tables=tables, settings=SETTINGS, period=asked,
                  measurements=measure(made, SETTINGS, asked, only=only))  # fmt: skip


def contact(number, at, topic, **more):
    usual = {"kind": "ticket", "is_reached": True, "is_complaint": False, "is_repeat_any_topic": False}
    return {"contact_id": f"t:{number}", "requester_id": "r", "at": at, "topic": topic, **usual, **more}


def contacts(counts):
    """So many contacts by month and topic."""
    rows = []
    for month, topics in counts.items():
        for topic, times in topics.items():
            rows += [contact(len(rows) + step, f"{month}-10T10:00Z", topic) for step in range(times)]
    return [{**row, "contact_id": f"t:{number}"} for number, row in enumerate(rows)]


def test_reasons_are_counted_against_the_periods_before_with_repeats_and_complaints():
    rows = contacts({"2025-07": {"Login": 1}, "2025-08": {"Delivery": 40, "Login": 12},
                     "2026-07": {"Delivery": 40, "Invoice": 10, None: 3},
                     "2026-08": {"Delivery": 90, "Invoice": 10, None: 20, "Garden": 4}})  # fmt: skip
    august = [row for row in rows if row["at"].startswith("2026-08") and row["topic"] == "Invoice"]
    august[0] |= {"is_repeat_any_topic": True}
    august[1] |= {"is_repeat_any_topic": None}
    august[2] |= {"is_complaint": True}
    rows += [contact(900, "2026-08-11T10:00Z", "Delivery", exclusion="spam"),
             contact(901, "2026-08-11T10:00Z", "Delivery", kind="call", is_reached=False)]  # fmt: skip
    made = contact_reasons(ground(contacts=rows, only=[*IDS]))
    frame = made.frame.set_index("reason")
    assert list(frame.index) == ["Delivery", "Invoice", "Garden", "Login", UNASSIGNED]
    assert frame["contacts"].to_dict() == {"Delivery": 90, "Invoice": 10, "Garden": 4, "Login": 0, UNASSIGNED: 20}
    assert frame["contacts"].sum() == 124
    assert frame["share"].sum() == pytest.approx(1)
    assert frame.loc["Delivery", ["contacts_previous", "growth_previous"]].tolist() == [40, 1.25]
    assert frame.loc["Garden", "contacts_previous"] == 0
    assert pd.isna(frame.loc["Garden", "growth_previous"])
    assert frame.loc["Login", ["contacts", "contacts_last_year", "growth_last_year"]].tolist() == [0, 12, -1]
    assert frame.loc["Invoice", ["repeat_share", "complaint_share"]].tolist() == [pytest.approx(1 / 9), 0.1]
    assert frame.loc["Invoice", "p_previous"] == 1
    assert frame["is_real_previous"].isna().all(), "what stands is for the control of everything to say"
    assert frame.loc[UNASSIGNED, "growth_previous"] == pytest.approx(20 / 3 - 1)


def test_a_period_that_still_runs_is_counted_and_not_compared():
    rows = contacts({"2026-08": {"Delivery": 40}, "2026-09": {"Delivery": 10}})
    frame = contact_reasons(ground(period="2026-09", contacts=rows, only=IDS)).frame
    assert frame["contacts"].tolist() == [10]
    assert frame[["contacts_previous", "growth_previous", "p_previous", "is_real_previous"]].isna().all(axis=None)


def test_a_past_that_the_data_do_not_reach_is_no_zero():
    frame = contact_reasons(ground(contacts=contacts({"2026-08": {"Delivery": 10}}), only=IDS)).frame
    assert frame[["contacts_previous", "contacts_last_year", "growth_last_year"]].isna().all(axis=None)


def test_a_past_within_which_the_records_begin_is_not_compared():
    rows = contacts({"2026-07": {"Delivery": 20}, "2026-08": {"Delivery": 40}})
    frame = contact_reasons(ground(contacts=rows, only=IDS)).frame
    assert frame[["contacts_previous", "growth_previous", "p_previous"]].isna().all(axis=None), "they begin on 10 July"
    whole = contact_reasons(ground(contacts=[contact(999, "2026-07-01T10:00Z", "Delivery"), *rows], only=IDS)).frame
    assert whole["contacts_previous"].tolist() == [21]


def test_many_small_differences_are_not_taken_for_real_ones():
    steady = {f"Topic {number}": 30 + number for number in range(8)}
    moved = {name: times + (-1) ** place for place, (name, times) in enumerate(steady.items())}
    months = {f"2026-{month:02}": steady for month in range(2, 8)} | {"2026-08": moved | {"Topic 0": 300}}
    made = contact_reasons(ground(contacts=contacts(months), only=IDS))
    catalogue = {name: one.metric for name, one in chosen({}).items()}
    compared = reason_differences(made, catalogue)
    settled = with_verdicts(made, looked_at(compared, standing(compared)))
    real = settled.frame.set_index("reason")["is_real_previous"]
    assert list(real[real].index) == ["Topic 0"]
    assert len(compared) == len(steady)


@pytest.mark.parametrize(
    ("share", "grown"), [(Change.MOVED, ["Delivery"]), (Change.WITHIN_NOISE, [])], ids=["grew", "within noise"]
)
def test_the_share_of_the_tickets_decides_whether_a_topic_grew(share, grown):
    """As in the finding: what the contacts alone would say, loudly for the garden, does not count beside it."""
    rows = contacts({"2026-06": {"Garden": 1}, "2026-07": {"Delivery": 100, "Garden": 300},
                     "2026-08": {"Delivery": 140, "Garden": 310}})  # fmt: skip
    made = contact_reasons(ground(contacts=rows, only=IDS))
    keys = [("tickets_created", "share", Against.BEFORE, "topic", name) for name in ("Delivery", "Garden")]
    own = [("contact_reasons", "value", Against.BEFORE, "topic", name) for name in ("Delivery", "Garden")]
    verdicts = dict.fromkeys(keys, share) | {own[0]: Change.WITHIN_NOISE, own[1]: Change.MOVED}
    real = with_verdicts(made, LookedAt(verdicts=verdicts)).frame.set_index("reason")["is_real_previous"]
    assert list(real[real].index) == grown, "the share of the garden fell while its contacts rose"


@pytest.mark.parametrize(("facts", "reason"), [({}, "no_source"), ({"contacts": []}, "no_cases")])
def test_without_contacts_there_is_a_reason(facts, reason):
    made = contact_reasons(ground(only=IDS, **facts))
    assert (len(made.frame), made.reason) == (0, reason)


def ticket(number, requester, at="2026-08-10T10:00Z", *, is_solved=True, **more):
    return {"ticket_id": f"t:{number}", "requester_id": requester, "created_at": at, "is_solved": is_solved,
            "has_events": True, **more}  # fmt: skip


def test_the_five_busiest_requesters_and_the_anonymous_apart():
    asked = "aaaaabbbbccccdddeef"
    rows = [ticket(number, name, is_solved=number != 0) for number, name in enumerate(asked)]
    rows += [
        ticket(40, None),
        ticket(41, None),
        ticket(42, "f", exclusion="spam"),
        ticket(43, "f", "2026-09-01T00:00Z"),
    ]
    made = top_requesters(ground(tickets=rows, only=["tickets_per_requester"]))
    told = list(made.frame[["requester_id", "tickets", "open_tickets"]].itertuples(index=False, name=None))
    assert told == [("a", 5, 1), ("b", 4, 0), ("c", 4, 0), ("d", 3, 0), ("e", 2, 0)]
    assert made.frame["share"].tolist() == [count / 19 for count in (5, 4, 4, 3, 2)]
    assert made.facts == {"requesters": 6, "tickets": 19, "anonymous": 2}


@pytest.mark.parametrize(
    ("facts", "reason"),
    [({}, "no_source"), ({"tickets": []}, "no_cases"), ({"tickets": [ticket(1, None)]}, "no_column")],
)
def test_without_known_requesters_there_is_a_reason(facts, reason):
    assert top_requesters(ground(only=["tickets_per_requester"], **facts)).reason == reason


def outside(metric_id, period="2026-08", value=2.0, match="same", who="them"):
    return {"metric_id": metric_id, "who": who, "period": period, "value": value, "source": "a yearbook",
            "definition_match": match, "published_on": datetime(2026, 2, 10).date()}  # fmt: skip


BENCHMARKS = [
    # outside value, (ours, period of ours, difference, reason)
    (outside("tickets_created"), (3, "2026-08", 1, None)),
    (outside("tickets_created", match="similar", who="b"), (3, "2026-08", 1, None)),
    (outside("tickets_created", match="not_comparable", who="c"), (3, "2026-08", None, "not_comparable")),
    (outside("tickets_created", match=None, who="d"), (3, "2026-08", None, "match_unknown")),
    (outside("tickets_created", "2026-07"), (1, "2026-07", -1, None)),
    (outside("tickets_created", "2025"), (3, "2026-08", None, "other_period")),
    (outside("tickets_created", "last summer"), (3, "2026-08", None, "unknown_period")),
    (outside("tickets_created", value=None, who="e"), (3, "2026-08", None, "no_outside_value")),
    (outside("friendliness"), (None, None, None, "unknown_metric")),
    (outside("nps", match="similar"), (None, "2026-08", None, "no_source")),
]


@pytest.fixture(scope="module")
def compared():
    rows = [ticket(number, "a") for number in range(3)] + [ticket(9, "a", "2026-07-10T10:00Z")]
    return benchmark(ground(tickets=rows, outside=[row for row, _ in BENCHMARKS], only=["tickets_created", "nps"]))


@pytest.mark.parametrize("number", range(len(BENCHMARKS)), ids=[case[1][3] or "compared" for case in BENCHMARKS])
def test_an_outside_value_stands_beside_ours(compared, number):
    given, (ours, period, difference, reason) = BENCHMARKS[number]
    frame = compared.frame
    (row,) = frame[(frame["metric_id"] == given["metric_id"]) & (frame["who"] == given["who"])
                   & (frame["period"] == given["period"])].to_dict("records")  # fmt: skip
    told = [None if pd.isna(row[name]) else row[name] for name in ("ours", "ours_period", "difference", "reason")]
    assert told == [ours, period, difference, reason]
    assert (row["source"], row["published_on"]) == ("a yearbook", "2026-02-10")


def test_no_outside_value_is_lost_and_without_any_there_is_a_reason(compared):
    assert len(compared.frame) == len(BENCHMARKS)
    assert benchmark(ground(tickets=[ticket(1, "a")], only=["tickets_created"])).reason == "no_source"
