"""Every folder beside this file is a scenario: what is told in `given.yaml` must give what `expect.yaml` names."""

import math
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from evaluation.errors import CannotMeasure, DataError
from evaluation.measurement import DIMENSIONS
from evaluation.metric import Unit
from evaluation.metrics.catalogue import chosen

FOLDERS = [path.name for path in sorted(Path(__file__).parent.iterdir()) if path.is_dir() and path.name[0] not in "_."]
NAMES = [name for name in FOLDERS if name != "settings"]
SAID_WITH = ("n", "undecided", "excluded", "numerator", "denominator", "reason")


def readable(value, name, zone):
    if isinstance(value, datetime):
        return f"{value.astimezone(ZoneInfo(zone)):%a %Y-%m-%d %H:%M:%S %z}"
    if name.endswith("_seconds") and value is not None:
        return f"{value:g} ({value / 3600:g} h)"
    return str(value)


def is_same(expected, found):
    if isinstance(expected, int | float) and isinstance(found, int | float) and not isinstance(found, bool):
        return math.isclose(expected, found, rel_tol=1e-12, abs_tol=1e-6)
    return expected == found


def differences(scenario, told):
    for table, ticket, target, rows in scenario.expected:
        place = ".".join(name for name in (table, ticket, target) if name)
        found = told.records(table, scenario.key(ticket), target)
        if len(found) != len(rows):
            yield f"{place}: expected {len(rows)} rows, found {len(found)}: {found}"
            continue
        for number, (row, other) in enumerate(zip(rows, found, strict=True)):
            for name, value in row.items():
                if not is_same(value, other[name]):
                    one, two = (readable(item, name, scenario.zone) for item in (value, other[name]))
                    yield f"{place}[{number}].{name}: expected {one}, found {two}"


def measured_differences(scenario, told):
    if not scenario.expect.measurements:
        return
    figures, metrics = told.measured(scenario), chosen(scenario.settings.metrics)
    for row in scenario.expect.measurements:
        metric, values = metrics[row["metric"]].metric, dict(row)
        part = {name: str(values.pop(name)) for name in DIMENSIONS[1:] if name in row}
        place = " ".join([values.pop("metric"), str(values.pop("period")), *(f"{k}={v}" for k, v in part.items())])
        cell = {"dimension": next(iter(part), "all"), "member": next(iter(part.values()), "all")}
        for name, value in values.items():
            statistic = metric.statistic if name in SAID_WITH else name
            try:
                found = figures.get(metric.id, str(row["period"]), statistic=statistic, **cell)
            except CannotMeasure as error:
                yield f"{place}: {error.found}"
                break
            other = getattr(found, name) if name in SAID_WITH else found.value
            expected = seconds(value) if metric.unit is Unit.SECONDS and name not in SAID_WITH else value
            if not is_same(expected, other):
                yield f"{place}: {name} expected {expected}, found {other} ({found})"


def seconds(value):
    from evaluation.duration import parse_duration

    return parse_duration(value) if isinstance(value, str) else value


def report(scenario, found):
    return "\n".join([f"scenario {scenario.name}: {scenario.given.why.strip()}", *(f"  {line}" for line in found)])


@pytest.mark.parametrize("name", NAMES)
def test_scenario(library, name):
    scenario = library.scenario(name)
    if scenario.expect.refused is not None:
        with pytest.raises(DataError) as caught:
            library.told(scenario)
        assert scenario.expect.refused.says in caught.value.found
        assert caught.value.where == scenario.expect.refused.where
        return
    told = library.told(scenario)
    found = [*differences(scenario, told), *measured_differences(scenario, told)]
    if found:
        pytest.fail(report(scenario, found), pytrace=False)


def test_both_levels_of_detail_agree(library):
    """Told as finished facts, a scenario measures the same, or says openly that it cannot know some of its cases."""
    found, scenarios = [], [library.scenario(name) for name in NAMES]
    for scenario in scenarios:
        if scenario.given.parity:
            found += parity_differences(scenario, library.told(scenario), library.told_by_rows(scenario))
    if found:
        pytest.fail("\n".join(found), pytrace=False)


def parity_differences(scenario, replayed, finished):
    compared = 0
    for key, one in replayed.by_scenario.items():
        other = finished.by_scenario.get(key)
        if key[0] != scenario.name or other is None or other.excluded > one.excluded:
            continue
        compared += one.n > 0 and one.value is not None
        values = [(row.value, row.n, row.undecided, row.numerator, row.denominator) for row in (one, other)]
        if values[0] != values[1]:
            yield f"{' '.join(key)}: by events {values[0]}, by finished facts {values[1]}"
    if compared < 5:
        yield f"{scenario.name}: only {compared} figures can be compared; tell more, or leave out `parity`"
