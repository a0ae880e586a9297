"""Every folder beside this file is a scenario: what is told in `given.yaml` must give what `expect.yaml` names.

Scenarios with the same settings and the same cut are derived together, each as a source of its own, so that none sees
the others.
"""

import math
from collections import defaultdict
from copy import copy
from datetime import datetime
from functools import cached_property
from pathlib import Path
from zoneinfo import ZoneInfo

import pandas as pd
import pytest

from evaluation.duration import parse_duration
from evaluation.errors import CannotMeasure, ConfigError, DataError
from evaluation.facts import derive
from evaluation.facts.shapes import Facts
from evaluation.fields import FIELDS
from evaluation.measurement import DIMENSIONS
from evaluation.metric import Unit
from evaluation.metrics import measure
from evaluation.metrics.catalogue import chosen
from evaluation.period import Period
from evaluation.tables import Tables

HERE = Path(__file__).parent
FOLDERS = [path.name for path in sorted(HERE.iterdir()) if path.is_dir() and path.name[0] not in "_."]
NAMES = [name for name in FOLDERS if name != "settings"]
SAID_WITH = ("n", "undecided", "excluded", "numerator", "denominator", "reason")
COMPARED = (
    "answered_share", "first_response_time", "first_resolution_time", "full_resolution_time", "first_response_sla",
    "resolution_sla", "sla_overdue_now", "awaiting_first_response", "one_touch_rate", "reopen_rate",
    "replies_per_solved", "tickets_created", "tickets_solved", "backlog",
)  # fmt: skip
"""What both levels of detail can measure. The other figures of tickets are made of the same columns."""


class Told:
    """The facts of a group of scenarios, derived once."""

    def __init__(self, scenarios, *, finished=None):
        self.scenarios = scenarios
        rows = [row for scenario in scenarios for row in scenario.rows]
        tables = {"tickets": _frame(finished.finished_rows(rows) if finished else rows)}
        events = [row for scenario in scenarios for row in scenario.events]
        if events and not finished:
            tables["ticket_events"] = _frame(events)
        self.settings, self.cut, self.zone = scenarios[0].settings, scenarios[0].cut, scenarios[0].zone
        self.facts = derive(Tables.from_frames(tables), self.settings, self.cut)

    @cached_property
    def frames(self):
        return {name: self.facts[name].execute() for name in self.facts.expressions}

    def records(self, table, ticket_id, target=None):
        """The rows of one ticket in their order; what is missing is None."""
        if table not in self.frames:
            return []
        frame = self.frames[table]
        frame = frame[frame["ticket_id"] == ticket_id]
        frame = frame if target is None else frame[frame["target"] == target]
        order = [name for name in ("applied_at", "at", "waiting_since", "paused_at") if name in frame]
        plain = frame.sort_values(order) if order else frame
        return [{name: _plain(value) for name, value in row.items()} for row in plain.astype(object).to_dict("records")]

    @property
    def of_tickets(self):
        """The fact tables whose rows are of one ticket each."""
        return {name: table for name, table in self.facts.expressions.items() if "ticket_id" in table.columns}

    def measured(self, scenario):
        """What the scenario's tickets alone measure."""
        alone = {
            name: table.filter(table.ticket_id.startswith(f"{scenario.name}:"))
            for name, table in self.of_tickets.items()
        }
        *others, last = scenario.periods()
        wanted = {row["metric"] for row in scenario.expect.measurements}
        return measure(Facts(alone, self.facts.cut), self.settings, last, also=others, only=wanted)

    @cached_property
    def by_scenario(self):
        """The compared figures of the 13 months up to cut, by metric, period, statistic and scenario."""
        marked = {name: table.mutate(branch=table.ticket_id.re_extract("^([^:]*):", 1))
                  for name, table in self.of_tickets.items()}  # fmt: skip
        month = Period.parse(f"{self.cut.astimezone(ZoneInfo(self.zone)):%Y-%m}", zone=self.zone)
        figures = measure(Facts(marked, self.facts.cut), self.settings, month, only=COMPARED)
        return {(row.member, row.metric_id, row.period_id, row.statistic): row
                for row in figures if row.dimension == "branch"}  # fmt: skip

    def finished_rows(self, rows):
        """The tickets as a help desk would export them: the facts in the row, without any event."""
        return [self._finished(row) for row in rows if row["created_at"] <= self.cut]

    def _finished(self, row):
        (known,) = self.records("tickets", row["ticket_id"])
        last = self.records("states", row["ticket_id"])[-1]
        removed = last["state"] == "removed"
        told = any((one["ticket_id"], one["kind"]) == (row["ticket_id"], "status") for one in self.events())
        merged = self.key_of_merged(row["ticket_id"]) if removed else None
        return row | {
            "first_response_at": known["first_response_at"], "solved_at": known["solved_at"],
            "closed_at": last["at"] if last["state"] in ("closed", "removed") else None,
            "status_code": ("deleted" if merged is None else None) if removed else last["state"] if told else None,
            "merged_into_id": merged, "reply_count": known["reply_count"], "reopen_count": known["reopen_count"],
            "agent_id": known["agent"], "topic": known["topic"], "priority_code": known["priority"],
        }  # fmt: skip

    def events(self):
        return [event for scenario in self.scenarios for event in scenario.events]

    def key_of_merged(self, ticket_id):
        return next(
            (one["to_value"] for one in self.events() if (one["ticket_id"], one["kind"]) == (ticket_id, "merged")), None
        )


def _plain(value):
    if value is None or value is pd.NaT or value is pd.NA or value != value:
        return None
    return value.to_pydatetime() if isinstance(value, pd.Timestamp) else value


def _frame(rows):
    """A frame with the canonical dtypes, so that a column of nothing is still of its type."""
    frame = pd.DataFrame(rows)
    types = {"string": "string", "integer": "Int64", "boolean": "boolean"}
    for column in frame:
        dtype = FIELDS[column].dtype
        if dtype == "instant":
            frame[column] = pd.to_datetime(frame[column], utc=True)
        else:
            frame[column] = frame[column].astype(types[dtype])
    return frame


class Library:
    """All scenarios, each group of them told once."""

    def __init__(self, read, folder=HERE):
        self.scenarios = {}
        for name in NAMES:
            try:
                self.scenarios[name] = read(folder / name, folder / "settings")
            except ConfigError as error:
                self.scenarios[name] = error
        self._groups = defaultdict(list)
        for scenario in self.scenarios.values():
            if not isinstance(scenario, ConfigError):
                self._groups[str(scenario.group)].append(scenario)
        self._told = {}

    def scenario(self, name):
        found = self.scenarios[name]
        if isinstance(found, ConfigError):
            raise found
        return found

    def told(self, scenario):
        key = str(scenario.group)
        if (key, "events") not in self._told:
            self._told[key, "events"] = Told(self._groups[key])
        return self._told[key, "events"]

    def told_by_rows(self, scenario):
        """The parity scenarios of its group, told once more by finished facts instead of events."""
        key = str(scenario.group)
        if (key, "rows") not in self._told:
            equal = [one for one in self._groups[key] if one.given.parity]
            self._told[key, "rows"] = Told(equal, finished=self.told(scenario))
        return self._told[key, "rows"]


@pytest.fixture(scope="session")
def library(read_scenario):
    return Library(read_scenario)


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


@pytest.mark.slow
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


def test_a_wrong_value_is_told_in_words(library):
    scenario = copy(library.scenario("reply-before-the-weekend"))
    told = library.told(scenario)
    scenario.expected = [
        ("tickets", "mail", None, [{"first_response_business_seconds": 3600.0, "exclusion": "spam"}]),
        ("replies", "mail", None, []),
        ("targets", "mail", "first_response", [{"due_at": scenario.cut}]),
    ]
    assert [line[:90] for line in differences(scenario, told)] == [
        "tickets.mail[0].first_response_business_seconds: expected 3600 (1 h), found 2700 (0.75 h)",
        "tickets.mail[0].exclusion: expected spam, found None",
        "replies.mail: expected 0 rows, found 1: [{'ticket_id': 'reply-before-the-weekend:mail', 'w",
        "targets.mail.first_response[0].due_at: expected Mon 2026-08-31 12:00:00 +0200, found Mon 2",
    ]


def test_a_wrong_figure_is_told_in_words(library):
    scenario = copy(library.scenario("reply-before-the-weekend"))
    wrong = [{"metric": "first_response_time", "period": "2026-07", "n": 2, "median": "1h"},
             {"metric": "first_response_time", "period": "2026-07", "team": "shop", "n": 1}]  # fmt: skip
    scenario.expect = scenario.expect.model_copy(update={"measurements": wrong})
    assert [line.partition(" (")[0] for line in measured_differences(scenario, library.told(scenario))] == [
        "first_response_time 2026-07: n expected 2, found 1",
        "first_response_time 2026-07: median expected 3600, found 2700.0",
        "first_response_time 2026-07 team=shop: nothing was measured for",
    ]
