"""The template of the catalogues: every sentence of the report and every text of the metrics, in a stable order.

Run `python -m reports.languages.extraction` after changing a sentence: it rewrites `report.pot` and brings each `.po`
up to date; what is new is empty there until somebody translates it, and a test fails until then.
"""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from evaluation.metric import Metric

if TYPE_CHECKING:
    from babel.messages.catalog import Catalog

HERE = Path(__file__).parent
REPORTS = HERE.parent
TEMPLATE = HERE / "report.pot"
_KEYWORDS = {"gettext": None, "pgettext": ((1, "c"), 2), "ngettext": (1, 2), "N_": None, "pN_": ((1, "c"), 2)}


def template() -> Catalog:
    """All sentences to translate, sorted; without locations and dates, so that it changes only when a sentence does."""
    from babel.messages.catalog import Catalog
    from babel.messages.extract import extract_from_file

    catalogue = Catalog(project="service-review", charset="utf-8")
    for path in sorted(REPORTS.rglob("*.py")):
        for _, message, comments, context in extract_from_file("python", path, keywords=_KEYWORDS):
            catalogue.add(message, auto_comments=comments, context=context)
    for text in sorted(metric_texts()):
        catalogue.add(text)
    return catalogue


def metric_texts() -> Iterator[str]:
    """Label, population, anchor, definition and source of every metric of the catalogue."""
    for metric in _metrics():
        yield from {metric.label, metric.population, metric.anchor, metric.definition, metric.source} - {""}


def write() -> None:
    """Rewrite the template and bring every language up to date; an obsolete sentence is dropped."""
    found = template()
    TEMPLATE.write_bytes(_written(found))
    for path in sorted(HERE.glob("*.po")):
        path.write_bytes(updated(path, found))


def updated(path: Path, found: Catalog) -> bytes:
    """A language's file as it must be for these sentences: old translations kept, new ones empty, none guessed."""
    from babel.messages.pofile import read_po

    known = read_po(BytesIO(path.read_bytes()), locale=path.stem)
    known.update(found, no_fuzzy_matching=True)
    known.obsolete.clear()
    return _written(known)


def _written(catalogue: Catalog) -> bytes:
    from babel.messages.pofile import write_po

    out = BytesIO()
    write_po(out, catalogue, width=120, no_location=True, sort_output=True, omit_header=True, ignore_obsolete=True)
    return out.getvalue()


def _metrics() -> tuple[Metric, ...]:
    from evaluation.metrics import catalogue

    return tuple(catalogue().values())


if __name__ == "__main__":
    write()
