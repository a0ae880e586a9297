"""Where intermediate tables are kept while facts are derived: temporary tables on the engine of the data."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import ibis
from ibis.util import gen_name

if TYPE_CHECKING:
    from ibis.backends.sql import SQLBackend
    from ibis.expr import schema as sch
    from ibis.expr import types as ir


@dataclass
class Workbench:
    """Temporary tables on one connection; what is only a step on the way is dropped at the end.

    Attributes:
        connection: The engine.
        steps: Names of the tables to drop.
    """

    connection: SQLBackend
    steps: list[str] = field(default_factory=list)

    def keep(self, name: str, expression: ir.Table) -> ir.Table:
        """Compute a table once, for as long as the connection lives."""
        return self.connection.create_table(gen_name(f"facts_{name}"), expression, temp=True)

    def step(self, name: str, expression: ir.Table) -> ir.Table:
        """Compute a table once, until `clear`."""
        table = self.keep(name, expression)
        self.steps.append(table.get_name())
        return table

    def empty(self, name: str, schema: sch.SchemaLike) -> ir.Table:
        """A table without rows, for a source that gave none."""
        table = self.connection.create_table(gen_name(f"facts_{name}"), schema=ibis.schema(schema), temp=True)
        self.steps.append(table.get_name())
        return table

    def clear(self) -> None:
        """Drop the steps."""
        while self.steps:
            self.connection.drop_table(self.steps.pop(), force=True)
