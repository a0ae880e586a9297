"""The kinds of sources, found by a walk over this folder, and `SourceConfig`, one entry under `sources:`."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import Annotated, Union

from pydantic import Field

from tasks.sources.base import Kind, Part, SourceSettings
from tasks.sources.file.config import FileSourceConfig
from tasks.sources.mapping import ColumnMapping, Exclusion, Filter, TableMapping
from tasks.sources.sql.config import SqlSourceConfig

__all__ = [
    "KINDS", "ColumnMapping", "Exclusion", "FileSourceConfig", "Filter", "SourceConfig", "SourceSettings",
    "SqlSourceConfig", "TableMapping", "open_source",
]  # fmt: skip


def _kinds() -> dict[str, Kind]:
    """Every folder beside this file is one kind of source, named like it; a broken one is an error at once."""
    names = sorted(module.name for module in iter_modules([str(Path(__file__).parent)]) if module.ispkg)
    kinds = {name: import_module(f"tasks.sources.{name}").KIND for name in names}
    for name, kind in kinds.items():
        if kind.config.model_fields["kind"].default != name:
            raise ImportError(f"tasks/sources/{name} says it is of kind {kind.config.model_fields['kind'].default!r}")
    return kinds


KINDS = _kinds()
"""Kinds of sources by name."""

SourceConfig = Annotated[
    Union[tuple(kind.config for kind in KINDS.values())],  # type: ignore[misc, valid-type]  # noqa: UP007
    Field(discriminator="kind"),
]
"""One entry under `sources:`; its `kind` says which settings it has."""


def open_source(config: SourceSettings, root: Path) -> Iterator[Part]:
    """Open a source and yield its parts in order.

    Raises:
        SourceError: It cannot be opened or read.
    """
    kind: str = config.kind  # type: ignore[attr-defined]
    return KINDS[kind].open(config, root)
