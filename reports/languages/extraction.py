"""The template of the catalogues: every sentence of the report and every text of the metrics, in a stable order.

Run `python -m reports.languages.extraction` after changing a sentence: it rewrites `report.pot` and brings each `.po`
up to date; what is new is empty there until somebody translates it, and a test fails until then.
"""

from __future__ import annotations

import ast
import importlib
import pkgutil
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
_MESSAGES = {"gettext": 1, "N_": 1, "ngettext": 2}
_WITH_CONTEXT = {"pgettext", "pN_"}


def template() -> Catalog:
    """All sentences to translate; without locations and dates, so that it changes only when a sentence does."""
    from babel.messages.catalog import Catalog

    catalogue = Catalog(project="service-review", charset="utf-8")
    for path in sorted(REPORTS.rglob("*.py")):
        for message, context in sentences(path.read_text(encoding="utf-8")):
            catalogue.add(message, context=context)
    for text in sorted(metric_texts() | worked_texts()):
        catalogue.add(text)
    for message in catalogue:
        message.flags.discard("python-format")  # guessed from "95% interval"; the sentences have {names}
    return catalogue


def sentences(source: str) -> Iterator[tuple[str | tuple[str, ...], str | None]]:
    """The sentences of a Python file with their contexts; read from its syntax tree, so those inside f-strings too.

    Example:
        >>> list(sentences('f"{words.pgettext(\\'unit\\', \\'min\\')}"'))
        [('min', 'unit')]
    """
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        texts = tuple(arg.value for arg in node.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str))
        if name in _MESSAGES and len(texts) >= _MESSAGES[name]:
            yield (texts[0] if _MESSAGES[name] == 1 else texts[:2]), None
        elif name in _WITH_CONTEXT and len(texts) >= 2:
            yield texts[1], texts[0]


def metric_texts() -> set[str]:
    """Label, population, anchor, definition and source of every metric, all variants; who may be credited."""
    from evaluation.metric import Credit

    return {credit.value for credit in Credit} | {
        text
        for metric in _metrics()
        for text in (metric.label, metric.population, metric.anchor, metric.definition, metric.source)
        if text
    }


def worked_texts() -> set[str]:
    """What the worked examples say, and the introductions of their stories: read in `docs/metrics.md`."""
    from evaluation.metrics.worked_example import EXAMPLES
    from evaluation.metrics.worked_stories import STORIES

    told = [EXAMPLES, *(story.examples for story in STORIES)]
    return {example.because for examples in told for example in examples.values()} | {
        story.introduction for story in STORIES
    }


def write() -> None:
    """Rewrite the template and bring every language up to date; an obsolete sentence is dropped."""
    found = template()
    TEMPLATE.write_bytes(written(found))
    for path in sorted(HERE.glob("*.po")):
        path.write_bytes(updated(path, found))


def updated(path: Path, found: Catalog) -> bytes:
    """A language's file as it must be for these sentences: old translations kept, new ones empty, none guessed."""
    from babel.messages.pofile import read_po

    known = read_po(BytesIO(path.read_bytes()), locale=path.stem)
    known.update(found, no_fuzzy_matching=True)
    known.obsolete.clear()
    for message in known:
        message.flags.discard("python-format")
    return written(known)


def written(catalogue: Catalog) -> bytes:
    """A catalogue as it stands in git."""
    from babel.messages.pofile import write_po

    out = BytesIO()
    write_po(out, catalogue, width=120, no_location=True, sort_output=True, omit_header=True, ignore_obsolete=True)
    return out.getvalue()


def _metrics() -> Iterator[Metric]:
    """Every metric record in the files of `evaluation/metrics/`."""
    import evaluation.metrics

    for entry in pkgutil.iter_modules(evaluation.metrics.__path__):
        module = importlib.import_module(f"evaluation.metrics.{entry.name}")
        yield from (definition.metric for definition in getattr(module, "DEFINITIONS", ()))


if __name__ == "__main__":
    write()
