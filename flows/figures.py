"""Figures at a terminal: values in the units that people read, in English, in lines of at most 110 characters."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

    from evaluation.breakdown import Breakdown
    from evaluation.metric import Metric

WIDTH = 110
"""Longest line, in characters."""

_ABSENT = "–"
_GAP = "  "
_SHORTEST = 12
"""Characters below which a text is not shortened."""


def figure_lines(frame: pd.DataFrame, catalogue: Mapping[str, Metric], *, is_brief: bool) -> Iterator[str]:
    """A heading and a line for each measurement of one period.

    Args:
        frame: Measurements of one period (`evaluation.measurement.COLUMNS`).
        catalogue: Metrics by id, for their units.
        is_brief: Leave out the member, which is the same in every line.
    """
    head = ["metric", "statistic", *([] if is_brief else ["of"]), "value", "95 % interval", "n"]
    rows = [list(_figure_cells(row, catalogue, is_brief=is_brief)) for row in frame.itertuples()]
    yield from aligned(head, rows, right={"value", "n"}, whole={"metric", "statistic", "95 % interval"})


def _figure_cells(row: Any, catalogue: Mapping[str, Metric], *, is_brief: bool) -> Iterator[str]:
    yield row.metric_id
    yield row.statistic
    if not is_brief:
        yield "all" if row.dimension == "all" else f"{row.dimension} {row.member}"
    yield from _shown(row, catalogue.get(row.metric_id))
    yield f"{int(row.n):,}"


def breakdown_lines(breakdown: Breakdown) -> Iterator[str]:
    """The rows of a breakdown, the single values that belong to it, and what its columns mean."""
    if breakdown.reason is not None:
        yield f"{breakdown.id}: {_ABSENT} ({breakdown.reason.replace('_', ' ')})"
        return
    frame = breakdown.frame
    numbers = {name for name in frame.columns if frame[name].dtype.kind in "iuf"}
    rows = [[_plain_cell(value) for value in row] for row in frame.itertuples(index=False, name=None)]
    yield from aligned(list(frame.columns), rows, right=numbers)
    yield ""
    for name, value in breakdown.facts.items():
        yield f"{name}: {_plain_cell(value)}"
    for name, meaning in breakdown.columns.items():
        yield from _wrapped(f"{name}: {meaning}")


def aligned(
    head: Sequence[str], rows: Sequence[Sequence[str]], *, right: Iterable[str] = (), whole: Iterable[str] = ()
) -> Iterator[str]:
    """Lines of a table of at most `WIDTH` characters: names of columns are stacked, then wide texts shortened.

    Args:
        head: Names of the columns.
        rows: Their cells.
        right: Names of the columns that are set to the right, which are never shortened.
        whole: Names of the other columns that are never shortened.

    Example:
        >>> list(aligned(["of", "n"], [["email", "7"], ["chat", "12"]], right={"n"}))
        ['of      n', 'email   7', 'chat   12']
    """
    flush = [name in set(right) for name in head]
    kept = [name in {*right, *whole} for name in head]
    heads = [list(head)]
    widths = _widths(heads, rows)
    if _width(widths) > WIDTH:
        heads = _stacked(head)
        widths = _widths(heads, rows)
    while _width(widths) > WIDTH:
        widest = max(range(len(head)), key=lambda place: 0 if kept[place] else widths[place])
        if kept[widest] or widths[widest] <= _SHORTEST:
            break
        widths[widest] -= 1
    for line in (*heads, *rows):
        cells = (_fitted(text, width, is_flush) for text, width, is_flush in zip(line, widths, flush, strict=True))
        yield _GAP.join(cells).rstrip()


def _widths(heads: Sequence[Sequence[str]], rows: Sequence[Sequence[str]]) -> list[int]:
    return [max(len(line[place]) for line in (*heads, *rows)) for place in range(len(heads[0]))]


def _width(widths: Sequence[int]) -> int:
    return sum(widths) + len(_GAP) * (len(widths) - 1)


def _stacked(head: Sequence[str]) -> list[list[str]]:
    """The names over several lines, one word in each, the last words on the last line."""
    words = [name.split("_") for name in head]
    most = max(map(len, words))
    return [[own[line - most + len(own)] if line >= most - len(own) else "" for own in words] for line in range(most)]


def _fitted(text: str, width: int, is_flush: bool) -> str:
    short = text if len(text) <= width else f"{text[: width - 1]}…"
    return short.rjust(width) if is_flush else short.ljust(width)


def _wrapped(text: str) -> list[str]:
    import textwrap

    return textwrap.wrap(text, WIDTH, subsequent_indent="    ")


def _plain_cell(value: object) -> str:
    """A cell as people read it: numbers with at most four decimals, nothing for nothing."""
    if value is None or str(value) in ("<NA>", "NaT", "nan"):
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:,.4f}".rstrip("0").rstrip(".")
    return f"{value:,}" if isinstance(value, int) else " ".join(str(value).split())


def _shown(row: Any, metric: Metric | None) -> tuple[str, str]:
    """Value and interval as text; an absent value is a dash with its reason."""
    import pandas as pd

    from evaluation.metric import Unit
    from reports.formats import amount, interval
    from reports.language import Language

    value, low, high = (None if pd.isna(x) else float(x) for x in (row.value, row.low, row.high))
    if value is None:
        return _ABSENT, str(row.reason).replace("_", " ")
    english = Language.named("en")
    is_part = str(row.statistic).startswith(("age_", "turn_", "top_five"))
    unit = metric.unit if metric is not None and not is_part else Unit.COUNT if value.is_integer() else Unit.RATIO
    text = interval(low, high, unit, english) if low is not None and high is not None else ""
    return _plain(amount(value, unit, english).text), _plain(text)


def _plain(text: str) -> str:
    return text.replace("\u00a0", " ").replace("\u202f", " ")
