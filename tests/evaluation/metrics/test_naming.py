"""Names that leave the engine as numbers are those that leave it as text."""

import ibis
import numpy as np
import pandas as pd
import pytest

from bench.made_up_facts import read, write
from bench.measuring import PERIOD
from evaluation.metrics import aggregating, measure, requesters
from evaluation.metrics.naming import Names
from evaluation.metrics.streaming import rows_of


class Settings:
    """What measuring asks of the settings."""

    metrics: dict = {}
    sla = ("standard",)
    dimension_pairs = (("team", "channel"),)


def drawn(names, rows=3_000):
    rng = np.random.default_rng(20261122)
    return pd.DataFrame({"name": [names[own] for own in rng.integers(0, len(names), rows)], "row": np.arange(rows)})


def told(frame, *, many):
    """The name of each row, read as text or as numbers, and whether numbers were read."""
    table = ibis.duckdb.connect().create_table("rows", frame, schema={"name": "string", "row": "int64"})
    asked = table.select("name") if many else None
    read_as = Names({"name": None})
    if many:
        query = table.get_backend().compile(table)
        assert ("usmallint" in read_as.numbered(query, asked)) == ("name" in read_as.places)
    found = rows_of(table, coded=["name"], named=asked)
    names = [found.members["name"][code] for code in found.column("name")]
    return dict(zip(found.column("row").tolist(), names, strict=True)), "name" in read_as.places


@pytest.mark.parametrize(
    ("names", "as_numbers"),
    [
        (["billing", "repairs"], True),
        (["billing", None, "(unassigned)", ""], True),
        ([f"agent {number}" for number in range(400)] + [None], True),
        (["agent-03-branch0", "agent-08-branch5", "поддержка"], False),  # two of them have the same hash
        ([f"agent {number}" for number in range(3_000)], False),  # so many that some are always alike
        ([None], True),
    ],
)
def test_each_row_has_its_name(names, as_numbers):
    frame = drawn(names).astype({"name": "object"})
    expected = frame["name"].fillna("(unassigned)").to_dict()
    assert told(frame, many=False) == (expected, False)
    assert told(frame, many=True) == (expected, as_numbers)


def test_no_rows_have_no_names():
    empty = drawn(["billing"])[:0]
    assert told(empty, many=True)[0] == told(empty, many=False)[0] == {}


def test_all_metrics_are_the_same_either_way(tmp_path, monkeypatch):
    write(tmp_path, 3_000)
    as_text = measure(read(tmp_path), Settings(), PERIOD).frame
    for module in (aggregating, requesters):
        monkeypatch.setattr(module, "MANY_ROWS", 1)
    pd.testing.assert_frame_equal(measure(read(tmp_path), Settings(), PERIOD).frame, as_text, check_exact=True)
