"""Definitions: what each figure of the report counts, and how sure it is."""

from __future__ import annotations

from evaluation.measurement import Measurement
from evaluation.metric import Clock, Kind, Metric
from reports.document import Entries, Entry, Missing, Section
from reports.evidence import measured
from reports.formats import number
from reports.language import N_, Language
from reports.names import clock_name, metric_label, sentence, statistic_name
from reports.section import Material

ORDER = 100
INTERVALS = {
    Kind.SHARE: N_("Wilson score interval, 95%"),
    Kind.MEAN: N_("t interval of the mean, 95%"),
    Kind.QUANTILE: N_("order-statistic interval of the quantile, 95%"),
    Kind.NPS: N_("interval of the difference of two shares, 95%"),
    Kind.COUNT: N_("none: a complete count"),
    Kind.RATIO: N_("none: a ratio of two complete counts"),
    Kind.STOCK: N_("none: a complete count at one moment"),
}


def build(material: Material) -> Section | Missing:
    """One entry for each metric of which an earlier page shows a figure."""
    assessment, language = material.assessment, material.language
    kicker = language.gettext("Definitions")
    shown = dict.fromkeys(name for part in material.earlier if isinstance(part, Section) for name in part.metrics)
    metrics = [assessment.catalogue[name] for name in shown if name in assessment.catalogue]
    if not metrics:
        return Missing("definitions", kicker, language.gettext("the report shows no figure"))
    entries = tuple(_entry(metric, measured(assessment, metric.id), language) for metric in metrics)
    return Section(
        id="definitions",
        kicker=kicker,
        title=language.gettext("What each figure counts, and what it leaves out"),
        blocks={"entries": Entries(entries)},
    )


def _entry(metric: Metric, found: Measurement | None, language: Language) -> Entry:
    items = [
        (language.gettext("Population"), language.gettext_or_same(metric.population)),
        (language.gettext("Date that counts"), language.gettext_or_same(metric.anchor)),
    ]
    if metric.clock is not Clock.NONE:
        items.append((language.gettext("Clock"), clock_name(metric.clock, language)))
    if metric.statistic != "value":
        items.append((language.gettext("Statistic"), statistic_name(metric.statistic, language)))
    items.append((language.gettext("Interval"), language.gettext(INTERVALS[metric.kind])))
    items.append((language.gettext("Cases"), _cases(metric, found, language)))
    items.append((language.gettext("Source"), language.gettext_or_same(metric.source)))
    return Entry(metric_label(metric, language), sentence(language.gettext_or_same(metric.definition)), tuple(items))


def _cases(metric: Metric, found: Measurement | None, language: Language) -> str:
    parts = []
    if found is not None:
        parts.append(language.gettext("n = {n}", n=number(found.n, language)))
        if found.undecided:
            parts.append(
                language.ngettext(
                    "{n} undecided, not in the figure", "{n} undecided, not in the figure", found.undecided
                )
            )
        if found.excluded:
            parts.append(language.ngettext("{n} left out", "{n} left out", found.excluded))
    parts.append(language.ngettext("no verdict below {n} case", "no verdict below {n} cases", metric.minimum_sample))
    return "; ".join(parts)
