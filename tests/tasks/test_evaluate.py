"""The moment the data were taken, and periods of which nothing is known."""

from datetime import UTC, datetime, timedelta

import ibis
import pandas as pd
import pytest

from evaluation.assessing import assess
from evaluation.errors import ConfigError, DataError
from evaluation.intake import Intake
from evaluation.period import Period
from evaluation.settings import Settings
from evaluation.tables import Tables
from evaluation.validation import Validation
from tasks.evaluate import cut_of, refuse_empty, refuse_idle, refuse_moment

QUARTER = Period.parse("2026-Q3", zone="Europe/Warsaw")
RUN_AT = datetime(2026, 11, 1, tzinfo=UTC)


def tickets(*created):
    stamps = pd.to_datetime(list(created), utc=True, format="ISO8601").astype("datetime64[us, UTC]")
    ids = pd.Series([f"desk:{number}" for number in range(len(stamps))], dtype="string")
    frame = pd.DataFrame({"ticket_id": ids, "created_at": stamps, "channel_code": ids.where(ids.isna(), "email")})
    return Tables.from_frames({"tickets": frame})


@pytest.mark.parametrize(
    ("created", "cut"),
    [
        (["2026-07-01"], QUARTER.end),
        (["2026-07-01", "2026-10-05"], datetime(2026, 10, 5, tzinfo=UTC)),
        (["2026-07-01", "2031-01-01"], QUARTER.end),
        ([], QUARTER.end),
    ],
)
def test_data_are_known_up_to_their_newest_stamp_before_the_run(created, cut):
    assert cut_of(tickets(*created), QUARTER, None, RUN_AT) == cut


def test_an_as_of_moment_is_taken_as_it_is():
    as_of = datetime(2026, 8, 1, tzinfo=UTC)
    assert cut_of(tickets("2026-09-01"), QUARTER, as_of, RUN_AT) == as_of


@pytest.mark.parametrize(
    ("as_of", "run_at", "said"),
    [
        (QUARTER.start, RUN_AT, "nothing of 2026-Q3 had happened"),
        (RUN_AT + timedelta(seconds=1), RUN_AT, "lies ahead"),
        (None, QUARTER.start, "has not started yet"),
    ],
)
def test_a_moment_from_which_the_period_cannot_be_seen_is_refused(as_of, run_at, said):
    with pytest.raises(ConfigError, match=said):
        refuse_moment(QUARTER, as_of, run_at)
    with pytest.raises(ConfigError, match=said):
        cut_of(tickets("2026-08-01"), QUARTER, as_of, run_at)


@pytest.mark.parametrize(
    ("created", "cut", "said"),
    [
        (["2026-03-01", "2026-06-30T21:59:59Z"], QUARTER.end, "reach from 2026-03-01 to 2026-06-30"),
        (["2026-09-30T22:00:00Z"], RUN_AT, "reach from 2026-09-30 to 2026-09-30"),
        (["2026-08-02"], datetime(2026, 8, 1, tzinfo=UTC), "reach from 2026-08-02"),
        ([], QUARTER.end, "there are no records"),
    ],
)
def test_a_period_without_any_record_is_refused_with_the_reach_of_the_records(created, cut, said):
    with pytest.raises(DataError, match="nothing is recorded in 2026-Q3") as caught:
        refuse_idle(tickets(*created), QUARTER, cut)
    assert said in caught.value.found


@pytest.mark.parametrize("moment", ["2026-06-30T22:00:00Z", "2026-09-30T21:59:59Z"])
def test_one_record_inside_is_enough(moment):
    refuse_idle(tickets("2020-01-01", moment), QUARTER, RUN_AT)


def judged(is_spam):
    created = [f"2026-08-{day:02}" for day in range(1, 29)]
    tables = Tables.from_frames(
        {
            "tickets": tickets(*created)["tickets"]
            .select("ticket_id", "created_at", "channel_code", is_spam=ibis.literal(is_spam))
            .execute()
        }
    )
    settings = Settings.model_validate({"organisation": {"name": "Spam house", "time_zone": "Europe/Warsaw"}})
    account = Intake(
        source="desk", table="tickets", files=(), rows_in=28, rows_out=28, excluded={}, checksum="00"
    )  # fmt: skip
    return assess(tables, settings, QUARTER, QUARTER.end, validation=Validation(()), intake=(account,))


def test_a_report_without_a_single_case_is_refused_and_says_what_was_left_out():
    with pytest.raises(DataError, match="28 spam") as caught:
        refuse_empty(judged(is_spam=True))
    assert caught.value.where == "tickets"
    refuse_empty(judged(is_spam=False))
