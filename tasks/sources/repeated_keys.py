"""Keys that a run would refuse because they occur twice, looked for in all records without mapping the rest of them.

A run finds repeated keys when every row is mapped and on disk. A quick look cannot wait for that: it maps the keys
alone and keeps one number for each row. Tables in which no number comes twice have no key twice; the few others are
mapped as a run maps them, to see whether their keys are refused, and where the rows stand.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

import pyarrow as pa

from evaluation.fields import TABLES
from tasks.sources.canonicalise import MappedTable, even_rows, map_records
from tasks.sources.records import blank_rows, records_of

if TYPE_CHECKING:
    from tasks.sources.base import SourceSettings
    from tasks.sources.mapping import TableMapping
    from tasks.sources.snapshot import SnapshotFile

MOST_ROWS = 1_000_000
"""Rows of each source whose keys are compared; a quick look at a larger source says so, and the run compares all."""


class RepeatedKeys:
    """Numbers that stand for the keys of all rows seen, by canonical table.

    Args:
        sources: All sources that are looked at: a key may come once from each of two.
    """

    def __init__(self, sources: Sequence[SourceSettings]) -> None:
        import duckdb

        self.compared: Counter[str] = Counter()
        self._refusing = {name for name in TABLES if TABLES[name].key and _may_refuse(name, sources)}
        self._seen = duckdb.connect()
        self._seen.execute("CREATE TABLE seen (name VARCHAR, key UBIGINT, of UBIGINT)")

    def watched(self, config: SourceSettings) -> tuple[TableMapping, ...]:
        """Mappings of a source whose keys must not come twice, reduced to what says which rows there are and keys."""
        return tuple(
            one.model_copy(update={"columns": {name: one.columns[name] for name in TABLES[one.table].key}})
            for one in config.tables
            if one.table in self._refusing and all(name in one.columns for name in TABLES[one.table].key)
        )

    def is_full(self, config: SourceSettings) -> bool:
        """Whether no more of the source's rows are compared."""
        return self.compared[config.id] >= MOST_ROWS

    def see(self, batch: pa.RecordBatch, file: SnapshotFile, mapped: Sequence[MappedTable]) -> None:
        """Keep the keys of a batch.

        Raises:
            SourceError: A key, or a record itself, is not understood.
        """
        config = mapped[0].source
        batch = even_rows(batch.filter(pa.array(~blank_rows(batch))), file, getattr(config, "ragged", "refuse"), ())
        records = records_of(batch, file, config.columns)
        for table in mapped:
            rows = map_records(records, table, {})
            keys = pa.table([*rows.columns.values()], names=[*rows.columns])  # read by name in the statement below
            if rows.cases is not None:
                keys = keys.append_column("(case)", rows.cases)
            columns = ", ".join(f'"{name}"' for name in TABLES[table.mapping.table].key)
            of = 'hash("(case)")' if rows.cases is not None else "NULL"
            self._seen.execute(f"INSERT INTO seen SELECT ?, hash({columns}), {of} FROM keys", [table.mapping.table])
            self.compared[config.id] += keys.num_rows

    def suspected(self) -> tuple[str, ...]:
        """Canonical tables in which a number comes twice; rows of one case of an event log are one."""
        found = self._seen.execute(
            "SELECT DISTINCT name FROM (SELECT name, key FROM seen GROUP BY name, key "
            "HAVING count(*) - count(of) + count(DISTINCT of) > 1)"
        ).fetchall()
        return tuple(sorted(name for (name,) in found))


def _may_refuse(name: str, sources: Sequence[SourceSettings]) -> bool:
    """Whether the policies of a table leave a key that comes twice to be refused."""
    policies = {one.duplicates for source in sources for one in source.tables if one.table == name}
    return bool(policies) and policies not in ({"first"}, {"last"})
