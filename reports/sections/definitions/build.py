"""Definitions: what each figure of the report counts, and how sure it is."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from evaluation.assessment import Assessment
from evaluation.measurement import Measurement
from evaluation.metric import Clock, Metric
from reports.arrangement import Halves, Whole, arranged
from reports.document import Entries, Entry, Missing, Prose, Section
from reports.evidence import measured
from reports.formats import number
from reports.language import Language
from reports.names import clock_name, credit_words, metric_label, sentence, statistic_name
from reports.section import Material

ORDER = 75
SHORTEST_REPEATED = 30
"""Characters from which on a sentence is worth not being said again."""
_SENTENCE = re.compile(r"(?<=[.!?])(?<!\b[A-ZА-ЯЁĄĆĘŁŃÓŚŹŻ]\.) +(?=[A-ZА-ЯЁĄĆĘŁŃÓŚŹŻ])")
"""The gap between two sentences; the full stop of an initial (N. Toman) ends none."""


def build(material: Material) -> Section | Missing:
    """One entry for each metric of which an earlier page shows a figure."""
    assessment, language = material.assessment, material.language
    kicker = language.gettext("Definitions")
    shown = dict.fromkeys(name for part in material.earlier if isinstance(part, Section) for name in part.metrics)
    metrics = [assessment.catalogue[name] for name in shown if name in assessment.catalogue]
    if not metrics:
        return Missing("definitions", kicker, language.gettext("the report shows no figure"))
    least = usual_minimum(metrics)
    whole = [_entry(metric, assessment, least, language) for metric in metrics]
    entries = said_once(whole, language)
    names = tuple(f"definition_{rank:02}" for rank in range(1, len(entries) + 1))
    section = Section(
        id="definitions",
        kicker=kicker,
        title=language.gettext("What each figure counts, and what it leaves out"),
        blocks={
            "methods": Prose("", (_methods(least, language),)),
            **{name: Entries((entry,)) for name, entry in zip(names, entries, strict=True)},
        },
    )
    return arranged(section, (Whole("methods"), Halves(names)), language)


def usual_minimum(metrics: Sequence[Metric]) -> int:
    """The number of cases that most metrics ask for before anything is concluded; 1 when none asks for more."""
    asked = Counter(metric.minimum_sample for metric in metrics if metric.minimum_sample > 1)
    return max(asked, key=lambda least: (asked[least], -least), default=1)


def said_once(entries: Sequence[Entry], language: Language) -> list[Entry]:
    """The entries without what an earlier one says word for word; each names the entry that says it.

    An entry refers to one other entry only: to the one that says most of it.
    """
    told: list[Entry] = []
    for entry in entries:
        full = [earlier for earlier in entries[: len(told)] if _same(earlier, entry)]
        source = max(full, key=lambda earlier: _same(earlier, entry), default=None)
        told.append(_without(entry, source, language) if source else entry)
    return told


def _same(earlier: Entry, entry: Entry) -> int:
    """How many characters of long sentences two entries share."""
    return sum(len(part) for part in _parts(entry) & _parts(earlier))


def _parts(entry: Entry) -> set[str]:
    texts = [entry.text, *(text for _, text in entry.items)]
    return {part for text in texts for part in _SENTENCE.split(text) if len(part) >= SHORTEST_REPEATED}


def _without(entry: Entry, source: Entry, language: Language) -> Entry:
    known = _parts(source)

    def kept(text: str) -> str:
        return " ".join(part for part in _SENTENCE.split(text) if part not in known)

    items = tuple((term, kept(text)) for term, text in entry.items)
    more = language.gettext("For the rest see “{label}”.", label=source.title)
    return Entry(entry.title, f"{kept(entry.text)} {more}".strip(), tuple(item for item in items if item[1]))


def _methods(least: int, language: Language) -> str:
    methods = language.gettext(
        "Intervals are 95%: Wilson’s for shares, Student’s t for means, by order statistics for medians, of the "
        "difference of two shares for NPS. Complete counts and their ratios have none."
    )
    if least < 2:
        return methods
    verdict = language.ngettext(
        "Below {n} case nothing is concluded, unless it says otherwise.",
        "Below {n} cases nothing is concluded, unless it says otherwise.",
        least,
    )
    return f"{methods} {verdict}"


def _entry(metric: Metric, assessment: Assessment, least: int, language: Language) -> Entry:
    items = [
        (language.gettext("Population"), language.gettext_or_same(metric.population)),
        (language.gettext("Date that counts"), language.gettext_or_same(metric.anchor)),
    ]
    credits = assessment.credits.get(metric.id)
    if credits:
        items.append((language.gettext("Credited among agents"), credit_words(credits, language)))
    if metric.clock is not Clock.NONE:
        items.append((language.gettext("Clock"), clock_name(metric.clock, language)))
    if metric.statistic != "value":
        items.append((language.gettext("Statistic"), statistic_name(metric.statistic, language, metric.unit)))
    items.append((language.gettext("Cases"), _cases(metric, measured(assessment, metric.id), least, language)))
    items.append((language.gettext("Source"), language.gettext_or_same(metric.source)))
    return Entry(metric_label(metric, language), sentence(language.gettext_or_same(metric.definition)), tuple(items))


def _cases(metric: Metric, found: Measurement | None, least: int, language: Language) -> str:
    parts = []
    if found is not None:
        parts.append(language.gettext("n = {n}", n=number(found.n, language)))
        if found.undecided:
            parts.append(language.ngettext("{n} undecided", "{n} undecided", found.undecided))
        if found.excluded:
            parts.append(language.ngettext("{n} left out", "{n} left out", found.excluded))
    if metric.minimum_sample not in (1, least):
        parts.append(
            language.ngettext("no verdict below {n} case", "no verdict below {n} cases", metric.minimum_sample)
        )
    return "; ".join(parts)
