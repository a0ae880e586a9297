"""Targets in the metric's own unit: what is understood, what is refused, and with which words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluation.assessment import Target
from evaluation.goal import TargetConfig
from evaluation.goals import faults, resolve
from evaluation.metric import Unit
from evaluation.quantity import changed_by, level_in, parse_quantity

UNDERSTOOD = [
    ("first_response_time", {"at_most": "2h"}, None, Target(at_most=7200)),
    ("first_response_time", {"at_most": "90 min"}, None, Target(at_most=5400)),
    ("first_response_time", {"at_most": "1h 30min"}, None, Target(at_most=5400)),
    ("first_response_time", {"between": ["1h", "2h"]}, None, Target(at_least=3600, at_most=7200)),
    ("first_response_time", {"change": "-15%", "from": "2026-Q2"}, 7200, Target(at_most=6120)),
    ("first_response_time", {"change": "-30 min", "from": "2026-Q2"}, 7200, Target(at_most=5400)),
    ("first_response_time", {"change": "\N{MINUS SIGN}30 min", "from": "2026-Q2"}, 7200, Target(at_most=5400)),
    ("first_response_time", {"change": "-15%", "from": "2026-Q2"}, None, None),
    ("csat", {"at_least": "85%"}, None, Target(at_least=0.85)),
    ("csat", {"at_least": "85.5 %"}, None, Target(at_least=0.855)),
    ("csat", {"between": ["80%", "90%"]}, None, Target(at_least=0.8, at_most=0.9)),
    ("csat", {"change": "+5 points", "from": "2026-Q2"}, 0.8, Target(at_least=0.85)),
    ("csat", {"change": "+10%", "from": "2026-Q2"}, 0.8, Target(at_least=0.88)),
    ("reopen_rate", {"change": "-1 point", "from": "2026-Q2"}, 0.09, Target(at_most=0.08)),
    ("ces", {"at_least": 4.3}, None, Target(at_least=4.3)),
    ("ces", {"at_least": "4.3"}, None, Target(at_least=4.3)),
    ("ces", {"at_least": "4.3 points"}, None, Target(at_least=4.3)),
    ("ces", {"change": "+0.2 points", "from": "2026-Q2"}, 4.0, Target(at_least=4.2)),
    ("nps", {"at_least": 35}, None, Target(at_least=35)),
    ("nps", {"at_least": "-5"}, None, Target(at_least=-5)),
    ("nps", {"change": "+5 points", "from": "2026-Q2"}, -10, Target(at_least=-5)),
    ("nps", {"change": 5, "from": "2026-Q2"}, 30, Target(at_least=35)),
    ("tickets_solved", {"at_least": 1200}, None, Target(at_least=1200)),
    ("tickets_solved", {"change": "+10%", "from": "2026-Q2"}, 1000, Target(at_least=1100)),
    ("tickets_per_requester", {"at_most": 1.3}, None, Target(at_most=1.3)),
    ("tickets_created", {"at_most": 900}, None, Target(at_most=900)),
    ("tickets_created", {"at_least": 900}, None, Target(at_least=900)),
]


@pytest.mark.parametrize(("metric", "target", "baseline", "expected"), UNDERSTOOD)
def test_targets_in_the_metrics_unit(catalogue, metric, target, baseline, expected):
    config = TargetConfig.model_validate(target)
    assert list(faults(config, catalogue[metric])) == []
    found = resolve(config, catalogue[metric], baseline)
    if expected is None:
        assert found is None
        return
    for name in ("at_least", "at_most"):
        bound = getattr(expected, name)
        assert getattr(found, name) == (None if bound is None else pytest.approx(bound))


REFUSED = [
    ("first_response_time", {"at_most": "85%"}, "at_most", ["'85%'", "hours and minutes", "2h"]),
    ("first_response_time", {"at_most": 90}, "at_most", ["'90'", "90 min"]),
    ("first_response_time", {"at_most": "90 points"}, "at_most", ["hours and minutes"]),
    ("first_response_time", {"at_least": "2h"}, "at_least", ["better when it is lower", "write at_most"]),
    ("first_response_time", {"change": "+15%", "from": "2026-Q2"}, "change", ["for the worse", "turn its sign"]),
    ("first_response_time", {"change": "-5 points", "from": "2026-Q2"}, "change", ["-30 min"]),
    ("first_response_time", {"at_most": "-2h"}, "at_most", ["outside", "2h"]),
    ("csat", {"at_least": "2h"}, "at_least", ["'2h'", "per cent", "85%"]),
    ("csat", {"at_least": 0.85}, "at_least", ["'0.85'", "per cent", "85%"]),
    ("csat", {"at_least": 85}, "at_least", ["'85'", "85%"]),
    ("csat", {"at_least": "130%"}, "at_least", ["outside"]),
    ("csat", {"at_least": "-5%"}, "at_least", ["outside"]),
    ("csat", {"at_most": "85%"}, "at_most", ["better when it is higher", "write at_least"]),
    ("csat", {"between": ["80%", "2h"]}, "between", ["'2h'", "per cent"]),
    ("csat", {"change": "-5 points", "from": "2026-Q2"}, "change", ["for the worse"]),
    ("csat", {"change": "+2h", "from": "2026-Q2"}, "change", ["'+2h'", "+5 points"]),
    ("ces", {"at_least": "85%"}, "at_least", ["points of the survey's scale", "4.3"]),
    ("nps", {"at_least": "35%"}, "at_least", ["points from -100 to 100", "35"]),
    ("nps", {"at_least": 135}, "at_least", ["outside"]),
    ("nps", {"change": "+10%", "from": "2026-Q2"}, "change", ["+5 points"]),
    ("tickets_solved", {"at_least": "85%"}, "at_least", ["a count", "1200"]),
    ("tickets_solved", {"at_least": "1200 points"}, "at_least", ["a count"]),
    ("tickets_per_requester", {"at_most": "2h"}, "at_most", ["a plain number", "1.3"]),
]


@pytest.mark.parametrize(("metric", "target", "key", "parts"), REFUSED)
def test_a_wrong_unit_or_direction_is_refused_with_the_right_one(catalogue, metric, target, key, parts):
    found = dict(faults(TargetConfig.model_validate(target), catalogue[metric]))
    assert set(found) == {key}
    for part in parts:
        assert part in found[key]


@given(st.floats(0.1, 1e6), st.integers(1, 99))
def test_a_relative_change_is_the_same_part_of_every_baseline(baseline, percent):
    for sign in "+-":
        arrived = changed_by(baseline, parse_quantity(f"{sign}{percent}%"), Unit.SECONDS)
        assert arrived / baseline == pytest.approx(1 + int(f"{sign}{percent}") / 100)


@given(st.integers(0, 100))
def test_a_share_written_in_per_cent_is_its_fraction(percent):
    assert level_in(parse_quantity(f"{percent}%"), Unit.SHARE) == percent / 100
