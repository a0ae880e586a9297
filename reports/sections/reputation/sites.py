"""Public reviews by site: how they rate, and whether they are answered."""

from __future__ import annotations

from typing import Any

import pandas as pd

from evaluation.assessment import Assessment
from evaluation.metric import Unit
from reports.charts.stacked_share import Heads, Share, stacked_share
from reports.document import Cell, Column, Picture, Table
from reports.evidence import count_cell, rest_of, right
from reports.formats import ABSENT, amount, duration, number, share
from reports.language import Language
from reports.names import cleaned

MOST_SITES = 12


def sites_of(assessment: Assessment) -> pd.DataFrame:
    """The sites with reviews, alphabetically; no rows without a breakdown."""
    found = assessment.breakdowns.get("reviews_by_site")
    return pd.DataFrame() if found is None or found.reason is not None else found.frame[found.frame["n"] > 0]


def only_scale(assessment: Assessment) -> float | None:
    """The highest point of the scale when all ratings are on one; None when there are several or it is not known."""
    frame = sites_of(assessment)
    if frame.empty:
        return None
    rated = frame[frame["rated"] > 0]
    scales = {(row.scale_min, row.scale_max) for row in rated.itertuples()}
    top = next(iter(scales))[1] if len(scales) == 1 else None
    return None if top is None or top != top else float(top)


def opinions_picture(assessment: Assessment, language: Language) -> Picture | None:
    """Positive, neutral and negative reviews by site; None when nothing was rated."""
    frame = sites_of(assessment)
    frame = frame[frame["rated"] > 0] if len(frame) else frame
    if frame.empty:
        return None
    shown = _most(frame)
    names = _names(frame, language)
    bars = [_bar(row, names[row.Index], language) for row in shown.itertuples()]
    title = language.gettext("Positive and negative reviews by site")
    chart = stacked_share(
        bars,
        name="reputation-opinions",
        alt=f"{title}: {'; '.join(_in_words(row, names[row.Index], language) for row in shown.itertuples())}",
        heads=Heads(
            language.pgettext("head of a chart", "positive"),
            language.pgettext("head of a chart", "negative"),
            language.pgettext("head of a chart", "rated"),
        ),
    )
    sub = language.gettext("share of the rated reviews; pale: neutral")
    return Picture(title=title, sub=sub, chart=chart, after=rest_of(len(shown), len(frame), (), language))


def sites_table(assessment: Assessment, language: Language) -> Table | None:
    """The sites with mean rating, answered share and time to answer; None without reviews."""
    frame = sites_of(assessment)
    if frame.empty:
        return None
    shown, names = _most(frame), _names(frame, language)
    columns = (
        Column(language.gettext("Site"), 26),
        right(language.gettext("Reviews"), 14),
        right(language.gettext("Mean rating"), 14),
        right(language.gettext("Answered"), 15),
        right(language.gettext("Median answer time"), 15),
    )
    return Table(
        title=language.gettext("Reviews by site"),
        sub=language.gettext("mean in points of the site's scale; answers round the clock"),
        columns=columns,
        rows=tuple(_row(row, names[row.Index], language) for row in shown.itertuples()),
        after=_after(assessment, len(frame) - len(shown), language),
    )


def _most(frame: pd.DataFrame) -> pd.DataFrame:
    """The sites with most reviews, in the order they came in."""
    return frame.loc[frame["n"].sort_values(ascending=False, kind="stable").index[:MOST_SITES].sort_values()]


def _names(frame: pd.DataFrame, language: Language) -> dict[int, str]:
    """Names of the rows; a site with several scales is named with each."""
    return {row.Index: _name(row, int((frame["site"] == row.site).sum()) > 1, language) for row in frame.itertuples()}


def _name(row: Any, has_several: bool, language: Language) -> str:
    site = cleaned(str(row.site)) if isinstance(row.site, str) else language.gettext("site not known")
    if not has_several or row.scale_max != row.scale_max:
        return site
    ends = (number(end, language) for end in (row.scale_min, row.scale_max))
    return f"{site} ({'–'.join(ends)})"


def _bar(row: Any, name: str, language: Language) -> Share:
    return Share(
        label=name,
        on_time=row.positive,
        overdue=row.negative,
        undecided=row.neutral,
        on_time_label=share(row.positive, language),
        overdue_label=share(row.negative, language),
        total_label=number(row.rated, language),
    )


def _in_words(row: Any, name: str, language: Language) -> str:
    return language.gettext(
        "{site} {positive} positive, {negative} negative",
        site=name,
        positive=share(row.positive, language),
        negative=share(row.negative, language),
    )


def _row(row: Any, name: str, language: Language) -> tuple[Cell, ...]:
    mean, answered, median = (
        None if value is None or value != value else float(value)
        for value in (row.mean, row.answered_share, row.median_seconds)
    )
    return (
        Cell(text=name),
        count_cell(int(row.n), language),
        Cell(text=ABSENT if mean is None else amount(mean, Unit.POINTS, language).text),
        Cell(text=ABSENT if answered is None else share(answered, language)),
        Cell(text=ABSENT if median is None else duration(median, language)),
    )


def _after(assessment: Assessment, left: int, language: Language) -> str:
    """The duplicates, those of sites without any other review too, and the sites without a row."""
    twice = int(assessment.breakdowns["reviews_by_site"].frame["duplicates"].sum())
    told = language.ngettext(
        "{n} duplicate from another site is left out.", "{n} duplicates from another site are left out.", twice
    )
    return " ".join(text for text in (told if twice else "", rest_of(0, left, (), language)) if text)
