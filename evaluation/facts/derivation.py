"""What the facts beside tickets and surveys are derived from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ibis.expr import types as ir

    from evaluation.facts.describing import Descriptions
    from evaluation.facts.workbench import Workbench
    from evaluation.settings import Settings
    from evaluation.tables import Tables


@dataclass(frozen=True, kw_only=True)
class Derivation:
    """One run of deriving, as far as it has come.

    Attributes:
        bench: Where steps are kept.
        tables: The canonical tables.
        settings: The organisation's choices.
        cut: The moment the data were taken; nothing after it is known.
        kept: Fact tables so far, by name.
        described: What described the tickets in time; None without tickets.
    """

    bench: Workbench
    tables: Tables
    settings: Settings
    cut: datetime
    kept: Mapping[str, ir.Table]
    described: Descriptions | None
