"""What is proposed instead of a name that does not exist."""

import pytest

from evaluation.metrics.catalogue import DEFINITIONS
from evaluation.near_names import one_metric_of, one_of

METRICS = sorted({definition.metric.id for definition in DEFINITIONS})


@pytest.mark.parametrize(
    ("written", "first"),
    [("first_respons_time", "first_response_time"), ("csta", "csat"), ("frt", None), ("one_touch", "one_touch_rate"),
     ("nps_interactions", "nps_interaction"), ("backlogs", "backlog"), ("zzz", None), ("", None), ("CSAT", "csat")],
)  # fmt: skip
def test_the_nearest_metrics_are_named_and_never_all(written, first):
    remedy = one_metric_of(written, METRICS)
    assert "`service-review metrics` lists all" in remedy
    assert len(remedy) < 160
    if first is None:
        assert remedy.endswith(f"lists all {len(METRICS)}") or remedy.startswith("write ")
    else:
        assert remedy.startswith(f"write {first}")


@pytest.mark.parametrize(
    ("written", "known", "remedy"),
    [("teem", ["team", "channel"], "write team"), ("x", ["team", "channel"], "write one of: channel, team"),
     ("tea", ["teams", "team"], "write team or teams")],
)  # fmt: skip
def test_a_short_list_is_listed(written, known, remedy):
    assert one_of(written, known) == remedy
