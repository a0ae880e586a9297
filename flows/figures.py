"""Figures at a terminal: values in the units that people read, in English."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

    from evaluation.metric import Metric

_ABSENT = "–"


def figure_lines(frame: pd.DataFrame, catalogue: Mapping[str, Metric], *, is_brief: bool) -> Iterator[str]:
    """A heading and a line for each measurement.

    Args:
        frame: Measurements (`evaluation.measurement.COLUMNS`).
        catalogue: Metrics by id, for their units.
        is_brief: Leave out period and member, which are the same in every line.
    """
    place = "" if is_brief else f"{'period':<10}{'of':<28}"
    yield f"{'metric':<38}{'statistic':<11}{place}{'value':>14}  {'95 % interval':<22}{'n':>9}"
    for row in frame.itertuples():
        place = "" if is_brief else f"{row.period_id:<10}{_member(row.dimension, row.member):<28}"
        value, interval = _shown(row, catalogue.get(row.metric_id))
        yield f"{row.metric_id:<38}{row.statistic:<11}{place}{value:>14}  {interval:<22}{int(row.n):>9,}".rstrip()


def _member(dimension: str, member: str) -> str:
    text = "all" if dimension == "all" else f"{dimension} {member}"
    return text if len(text) <= 27 else text[:26] + "…"


def _shown(row: object, metric: Metric | None) -> tuple[str, str]:
    """Value and interval as text; an absent value is a dash with its reason."""
    import pandas as pd

    from evaluation.metric import Unit
    from reports.formats import amount, interval
    from reports.language import Language

    value, low, high = (None if pd.isna(x) else float(x) for x in (row.value, row.low, row.high))  # type: ignore[attr-defined]
    if value is None:
        return _ABSENT, str(row.reason).replace("_", " ")  # type: ignore[attr-defined]
    english = Language.named("en")
    is_part = str(row.statistic).startswith(("age_", "turn_", "top_five"))  # type: ignore[attr-defined]
    unit = metric.unit if metric is not None and not is_part else Unit.COUNT if value.is_integer() else Unit.RATIO
    text = interval(low, high, unit, english) if low is not None and high is not None else ""
    return _plain(amount(value, unit, english).text), _plain(text)


def _plain(text: str) -> str:
    return text.replace("\u00a0", " ")
