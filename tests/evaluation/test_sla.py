from datetime import date

import pytest
from pydantic import ValidationError

from evaluation.sla import SlaPolicyConfig


def policy(**changes):
    return SlaPolicyConfig.model_validate({"id": "standard", "targets": {"first_response": "2h"}} | changes)


def test_short_and_long_promises():
    read = policy(targets={"first_response": "2h", "resolution": {"within": "16h", "clock": "calendar"}})
    assert (read.targets.first_response.within, read.targets.first_response.clock) == (7200, "business")
    assert (read.targets.resolution.within, read.targets.resolution.clock) == (57600, "calendar")
    assert read.targets.next_reply is None


def test_versions_and_conditions():
    read = policy(
        **{"from": "2026-01-01", "until": "2026-07-01", "where": {"channel": ["email", "chat"], "team": "first"}}
    )
    assert (read.from_, read.until) == (date(2026, 1, 1), date(2026, 7, 1))
    assert read.values("channel") == ("email", "chat")
    assert read.values("team") == ("first",)
    assert read.values("topic") == ()
    assert SlaPolicyConfig.model_validate(read) == read


@pytest.mark.parametrize(
    ("changes", "says"),
    [({"targets": {}}, "promise nothing"),
     ({"targets": {"first_response": "1d"}}, "no fixed length"),
     ({"targets": {"first_response": 7200}}, "unit is missing"),
     ({"targets": {"first_response": "0h"}}, "greater than 0"),
     ({"targets": {"first_reply": "2h"}}, "Extra inputs"),
     ({"where": {"channel": "fax"}}, "'fax' is not a channel"),
     ({"where": {"priority": []}}, "empty list"),
     ({"where": {"colour": "red"}}, "'channel', 'team'"),
     ({"from": "2026-07-01", "until": "2026-07-01"}, "no day at all"),
     ({"pauses": ["solved"]}, "'pending' or 'on_hold'"),
     ({"id": ""}, "at least 1 character"),
     ({"color": 1}, "Extra inputs")],
)  # fmt: skip
def test_mistakes_are_refused(changes, says):
    with pytest.raises(ValidationError, match=says):
        policy(**changes)
