"""The least of durations is the shortest; of everything else it is the smallest."""

from dataclasses import replace

import pytest

from evaluation.metric import Kind, Unit
from evaluation.metrics.catalogue import chosen
from reports.language import Language
from reports.names import figure_label, statistic_name


@pytest.mark.parametrize(
    ("unit", "name"), [(Unit.SECONDS, "shortest"), (Unit.RATIO, "smallest"), (Unit.POINTS, "smallest")]
)
def test_the_least_is_named_by_its_unit(unit, name):
    english = Language.named("en")
    assert statistic_name("min", english, unit) == name
    metric = replace(chosen({})["first_response_time"].metric, unit=unit, kind=Kind.QUANTILE)
    assert figure_label(metric, {}, "min", english).endswith(f", {name}")
