"""The shape of a section, and the walk that finds the sections."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from pathlib import Path
from types import MappingProxyType

from evaluation.assessment import Assessment
from evaluation.errors import RenderError
from reports.document import Missing, Section
from reports.language import Language

SECTIONS = Path(__file__).parent / "sections"
MEMBERS_FILE = "members.csv"
"""Name of the attached table behind the page on teams, branches and agents."""
AGENTS_LEFT_OUT = "left_out"
"""What the option `agents` says when the report names no agent."""


@dataclass(frozen=True, kw_only=True)
class Material:
    """What a section is written from.

    Attributes:
        assessment: The evidence.
        language: The language it is written in.
        options: The report's options: `title`, `confidentiality`, `agents`.
        record: The edition's record (number, digests, versions); empty when the caller gives none.
        files: Names of the files that stand beside the report, for "N more in …".
        earlier: The sections before this one, those without data too.
    """

    assessment: Assessment
    language: Language
    options: Mapping[str, str | None] = field(default_factory=lambda: MappingProxyType({}))
    record: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    files: tuple[str, ...] = ()
    earlier: tuple[Section | Missing, ...] = ()


@dataclass(frozen=True, slots=True)
class SectionKind:
    """A section of the report: the place of its folder, its rank among the others, and how it is written."""

    id: str
    order: int
    build: Callable[[Material], Section | Missing]

    @property
    def template(self) -> str:
        """Its template, relative to `reports/`."""
        return f"sections/{self.id}/template.html.j2"


@cache
def section_kinds() -> tuple[SectionKind, ...]:
    """Every folder of `reports/sections/`, in the order of their `ORDER`.

    Raises:
        RenderError: A folder lacks `build.py`, `ORDER`, `build` or `template.html.j2`, or two have the same order.
    """
    kinds = sorted((_kind(folder) for folder in _folders()), key=lambda kind: kind.order)
    for one, other in zip(kinds, kinds[1:], strict=False):
        if one.order == other.order:
            raise RenderError(f"sections {one.id} and {other.id} have the same ORDER", remedy="give each its own")
    return tuple(kinds)


def _folders() -> list[Path]:
    return sorted(path for path in SECTIONS.iterdir() if path.is_dir() and not path.name.startswith("_"))


def _kind(folder: Path) -> SectionKind:
    for name in ("build.py", "template.html.j2"):
        if not (folder / name).is_file():
            raise RenderError(f"section {folder.name} has no {name}", where=str(folder), remedy="add the file")
    module = import_module(f"reports.sections.{folder.name}.build")
    for name in ("ORDER", "build"):
        if not hasattr(module, name):
            raise RenderError(
                f"section {folder.name} says no {name}", where=f"{folder}/build.py", remedy=f"define {name}"
            )
    return SectionKind(folder.name, module.ORDER, module.build)
