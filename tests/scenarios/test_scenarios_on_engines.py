"""What the scenarios tell gives the same facts, row for row and digit for digit, on every engine."""

from collections import defaultdict
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from evaluation.errors import DataError
from evaluation.facts import derive
from evaluation.fields import FIELDS, TABLES
from tasks.engine import opened

pytestmark = pytest.mark.slow
HERE = Path(__file__).parent
TYPES = {"string": pa.string(), "instant": pa.timestamp("us", "UTC"), "integer": pa.int64(), "boolean": pa.bool_()}
ON_SPARK = {"reply-before-the-weekend", "pauses-in-doubt", "unknown-status"}
"""Spark takes seconds to plan what the others do at once, so it derives the groups of these scenarios only: pauses and
updates, a refusal, and the largest group."""


@pytest.fixture(scope="module")
def groups(read_scenario):
    """Scenarios that are derived together."""
    found = defaultdict(list)
    for folder in sorted(path for path in HERE.iterdir() if (path / "given.yaml").exists()):
        scenario = read_scenario(folder)
        found[str(scenario.group)].append(scenario)
    return list(found.values())


def written(scenarios, folder):
    """Their canonical tables as files."""
    rows = {
        "tickets": [row for scenario in scenarios for row in scenario.rows],
        "ticket_events": [row for scenario in scenarios for row in scenario.events],
    }
    files = {}
    for name, given in rows.items():
        columns = [column for column in TABLES[name].columns if any(column in row for row in given)]
        schema = pa.schema([(column, TYPES[FIELDS[column].dtype]) for column in columns])
        if given:
            files[name] = folder / f"{name}.parquet"
            pq.write_table(pa.Table.from_pylist(given, schema=schema), files[name])
    return files


def facts_of(scenarios, files, engine):
    """The fact tables as frames; what was said when they were refused."""
    with opened(files, engine) as tables:
        try:
            facts = derive(tables, scenarios[0].settings, scenarios[0].cut)
        except DataError as error:
            return str(error)
        return {name: table.to_pyarrow().to_pandas() for name, table in facts.expressions.items()}


def test_scenarios_give_the_same_facts(groups, embedded, other_engine, told_apart, tmp_path):
    found, compared = [], 0
    for number, scenarios in enumerate(groups):
        names = {scenario.name for scenario in scenarios}
        if other_engine.kind == "spark" and not names & ON_SPARK:
            continue
        folder = tmp_path / str(number)
        folder.mkdir()
        files = written(scenarios, folder)
        one, other = facts_of(scenarios, files, embedded), facts_of(scenarios, files, other_engine)
        if isinstance(one, str):
            found += [] if one == other else [f"{sorted(names)}: {one!r} and {other!r}"]
            continue
        assert set(one) == set(other)
        compared += sum(len(frame) for frame in one.values())
        found += [line for name, frame in one.items() for line in told_apart(name, frame, other[name])]
    assert not found, "\n".join(found)
    assert compared > 400
