"""Names that leave the engine as numbers are those that leave it as text."""

import ibis
import numpy as np
import pandas as pd
import pytest

from bench.made_up_facts import read, write
from bench.measuring import PERIOD
from evaluation.errors import DataError
from evaluation.metrics import aggregating, measure, requesters, streaming
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


@pytest.fixture
def told(monkeypatch):
    """What reads the name of each row, as text or as numbers, and says whether numbers were read."""
    made = []

    class Kept(Names):
        def __init__(self, known):
            super().__init__(known)
            made.append(self)

    monkeypatch.setattr(streaming, "Names", Kept)

    def read_names(table, *, many, asked=None):
        asked = (table if asked is None else asked).select("name") if many else None
        found = rows_of(table, coded=["name"], named=asked)
        names = [found.members["name"][code] for code in found.column("name")]
        return dict(zip(found.column("row").tolist(), names, strict=True)), "name" in made[-1].places

    return read_names


def stored(frame):
    return ibis.duckdb.connect().create_table("rows", frame, schema={"name": "string", "row": "int64"})


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
def test_each_row_has_its_name(told, names, as_numbers):
    frame = drawn(names).astype({"name": "object"})
    expected = frame["name"].fillna("(unassigned)").to_dict()
    assert told(stored(frame), many=False) == (expected, False)
    assert told(stored(frame), many=True) == (expected, as_numbers)


def test_no_rows_have_no_names(told):
    empty = stored(drawn(["billing"])[:0])
    assert told(empty, many=True)[0] == told(empty, many=False)[0] == {}


def test_columns_need_not_be_text(told):
    without = ibis.memtable({"row": [1, 2]}).mutate(name=ibis.null())
    assert told(without, many=False)[0] == {1: "(unassigned)", 2: "(unassigned)"}
    connection = ibis.duckdb.connect()
    connection.raw_sql("create table rows as select 1 as row, 'billing'::enum('repairs', 'billing') as name")
    assert (
        told(connection.table("rows"), many=False)[0] == told(connection.table("rows"), many=True)[0] == {1: "billing"}
    )


def test_a_name_that_came_after_asking_is_nobodys(told):
    table = stored(drawn(["billing", "repairs", "returns"]))
    with pytest.raises(DataError, match="was not there a moment ago"):
        told(table, many=True, asked=table.filter(table.name != "returns"))


def test_all_metrics_are_the_same_either_way(tmp_path, monkeypatch):
    write(tmp_path, 3_000)
    as_text = measure(read(tmp_path), Settings(), PERIOD).frame
    for module in (aggregating, requesters):
        monkeypatch.setattr(module, "MANY_ROWS", 1)
    pd.testing.assert_frame_equal(measure(read(tmp_path), Settings(), PERIOD).frame, as_text, check_exact=True)
