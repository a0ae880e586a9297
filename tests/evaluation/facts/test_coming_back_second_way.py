"""Who came back, found by looking at every pair of contacts, against the windows of the engine."""

from datetime import UTC, datetime, timedelta

import ibis
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluation.facts.contacts import ComingBack

START = datetime(2026, 7, 1, tzinfo=UTC)
CUT = START + timedelta(days=40)
WINDOW = timedelta(days=7)
SCHEMA = ibis.schema(
    {"contact_id": "string", "requester_id": "string", "topic": "string", "at": "timestamp('UTC', 6)",
     "solved_at": "timestamp('UTC', 6)", "exclusion": "string", "is_reached": "boolean"}
)  # fmt: skip
CONNECTION = ibis.duckdb.connect()
CONNECTION.raw_sql("SET TimeZone = 'UTC'")

CONTACTS = st.lists(
    st.tuples(
        st.sampled_from(["ann", "ben", None]), st.sampled_from(["x", "y", None]), st.integers(0, 39), st.integers(0, 9),
        st.booleans(), st.sampled_from([None, None, None, "spam"]), st.sampled_from([True, True, True, False]),
    ),
    min_size=1, max_size=14,
)  # fmt: skip


def rows_of(drawn):
    rows = []
    for number, (requester, topic, day, lasted, is_solved, exclusion, is_reached) in enumerate(drawn):
        at = START + timedelta(days=day)
        solved_at = at + timedelta(days=lasted) if is_solved and at + timedelta(days=lasted) <= CUT else None
        rows.append({"contact_id": f"c{number:02}", "requester_id": requester, "topic": topic, "at": at,
                     "solved_at": solved_at, "exclusion": exclusion, "is_reached": is_reached})  # fmt: skip
    return rows


def judged(own_topic, others):
    """True, False, or None when it hangs on a contact without a topic."""
    topics = [other["topic"] for other in others]
    if own_topic is not None and own_topic in topics:
        return True
    return None if others and (own_topic is None or None in topics) else False


def expected(row, rows):
    if row["requester_id"] is None or row["exclusion"] or not row["is_reached"]:
        return None, None, None
    others = [
        other
        for other in rows
        if other["requester_id"] == row["requester_id"] and not other["exclusion"] and other["is_reached"]
    ]
    before = [
        o
        for o in others
        if (o["at"], o["contact_id"]) < (row["at"], row["contact_id"]) and row["at"] - o["at"] < WINDOW
    ]
    known = row["at"] - min(one["at"] for one in rows) >= WINDOW
    after = [o for o in others if row["solved_at"] and timedelta(0) < o["at"] - row["solved_at"] < WINDOW]
    return (
        bool(before) if known else None,
        judged(row["topic"], before) if known else None,
        judged(row["topic"], after) if row["solved_at"] else None,
    )


@settings(max_examples=40, deadline=None)
@given(CONTACTS)
def test_the_windows_find_what_every_pair_shows(drawn):
    rows = rows_of(drawn)
    table = CONNECTION.create_table("base", pd.DataFrame(rows).astype(object), schema=SCHEMA, overwrite=True)
    frame = ComingBack(7, CUT).told(table).execute().astype(object)
    frame = frame.where(frame.notna(), None).set_index("contact_id")
    names = ["is_repeat_any_topic", "is_repeat_same_topic", "was_followed"]
    assert len(frame) == len(rows)
    for row in rows:
        assert tuple(frame.loc[row["contact_id"], names]) == expected(row, rows), row
        solved = row["solved_at"]
        assert frame.loc[row["contact_id"], "is_window_over"] == (solved is None or CUT - solved >= WINDOW)
