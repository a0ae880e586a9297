"""The page of metrics in one language (`docs/metrics.md`): the catalogue by pillar, with worked examples and stories.

Texts of metrics and stories are translated like those of the report; what is not translated yet stays English.
"""

from __future__ import annotations

from collections.abc import Iterator

from evaluation.metric import Better, Clock, Pillar, Unit
from evaluation.metrics.catalogue import chosen, variants_by_id
from evaluation.metrics.definition import AnyDefinition
from evaluation.metrics.documentation import example_of, is_companion, measured_beside, who_is_credited
from reports.formats import amount
from reports.language import Language, available, pN_
from reports.names import clock_name, credit_words, metric_label, statistic_name
from reports.worked_tables import story_sections, ten_tickets

_LANGUAGES = {"en": "English", "pl": "Polski", "ru": "Русский"}
_PILLARS = {
    Pillar.AVAILABILITY: pN_("pillar", "Availability"),
    Pillar.RESPONSIVENESS: pN_("pillar", "Responsiveness"),
    Pillar.QUALITY: pN_("pillar", "Quality"),
    Pillar.SATISFACTION: pN_("pillar", "Satisfaction"),
    Pillar.LOYALTY: pN_("pillar", "Loyalty"),
    Pillar.WORKLOAD: pN_("pillar", "Workload"),
}
_UNITS = {
    Unit.SECONDS: pN_("unit of a metric", "seconds"),
    Unit.SHARE: pN_("unit of a metric", "share of the cases"),
    Unit.COUNT: pN_("unit of a metric", "number"),
    Unit.RATIO: pN_("unit of a metric", "ratio"),
    Unit.POINTS: pN_("unit of a metric", "points of the scale"),
    Unit.NPS_POINTS: pN_("unit of a metric", "points from −100 to 100"),
}
_BETTER = {
    Better.HIGHER: pN_("which way is good", "higher"),
    Better.LOWER: pN_("which way is good", "lower"),
    Better.NEUTRAL: pN_("which way is good", "neither"),
}


def page_name(language: str) -> str:
    """File of the page in a language, beside the others in `docs/`.

    Example:
        >>> page_name("en"), page_name("pl")
        ('metrics.md', 'metrics.pl.md')
    """
    return "metrics.md" if language == "en" else f"metrics.{language}.md"


def metrics_page(language: Language) -> str:
    """The page as Markdown: what holds for every metric, the stories, then every variant of each metric by pillar."""
    parts = [*_introduction(language), ten_tickets(language), *story_sections(language)]
    catalogue = [definition.metric for definition in chosen({}).values()]
    for pillar in Pillar:
        own = [metric for metric in catalogue if metric.pillar is pillar and not is_companion(metric)]
        if own:
            parts.append(f"## {language.pgettext('pillar', _PILLARS[pillar])}\n")
        for metric in own:
            parts.extend(_section(definition, language) for definition in variants_by_id()[metric.id])
    return "\n".join(parts)


def _introduction(language: Language) -> Iterator[str]:
    yield f"# {language.gettext('Metrics')}\n"
    others = (f"[{_LANGUAGES[code]}]({page_name(code)})" for code in available() if code != language.code)
    yield " · ".join(others) + "\n"
    yield language.gettext(
        "This page is made from the catalogue in `evaluation/metrics/`; edit the definitions there and run `make docs`."
    ) + "\n"  # fmt: skip
    yield language.gettext(
        "Every metric is measured for the reported period, the periods before it back to the same period last year "
        "(eight quarters for a quarter) and the last 13 months, for the whole service and by channel, team, branch, "
        "topic, priority and agent. Cases without a member are a row of their own, `(unassigned)`, so that the rows "
        "add up; every run checks that they do."
    ) + "\n"  # fmt: skip
    yield from (f"- {rule}" for rule in _rules(language))
    yield "\n" + language.gettext(
        "The main statistic of a metric is the one that goals and page 1 use unless they name another."
    ) + "\n"  # fmt: skip


def _rules(language: Language) -> tuple[str, ...]:
    return (
        language.gettext(
            "A case is **decided**, **undecided** (its outcome was not known when the data were taken) or **left out** "
            "(with a reason). The three add up to all cases, and all three are stored."
        ),
        language.gettext(
            "Shares carry Wilson intervals, means t intervals, medians and p90 the interval of their order statistics, "
            "the NPS the interval of its multinomial variance; all at 95 %."
        ),
        language.gettext(
            "An absent value has a reason: no cases, no source, no event history, no policy, no column, not decided, "
            "undefined, withheld. A count is zero only where the data reach into the period."
        ),
        language.gettext("Below the smallest sample there is a value with a caveat, and no verdict."),
        language.gettext("Answers on different scales are never pooled."),
        language.gettext(
            "An organisation adds metrics of its own under `metrics:` in its `review.yaml`: a kind, a table and "
            "filters, without code (configuration.md)."
        ),
    )


def _section(definition: AnyDefinition, language: Language) -> str:
    metric = definition.metric
    variants = [definition.metric.variant for definition in variants_by_id()[metric.id]]
    title = f"### {metric_label(metric, language)} `{metric.id}`"
    if len(variants) > 1:
        default = f" ({language.gettext('default')})" if metric.variant == variants[0] else ""
        title += f", {language.gettext('variant')} `{metric.variant}`{default}"
    lines = [title, "", language.gettext_or_same(metric.definition), ""]
    lines += [f"- {heading}: {text}" for heading, text in _about(definition, language)]
    example = example_of(metric.id, metric.variant if len(variants) > 1 else None)
    if example is not None:
        value = amount(example.value, metric.unit, language).text
        said = language.gettext(
            "Example: {statistic} {value}, n = {n}.",
            statistic=statistic_name(example.statistic, language), value=value, n=example.n,
        )  # fmt: skip
        lines += ["", f"{said} {language.gettext_or_same(example.because)}"]
    return "\n".join((*lines, ""))


def _about(definition: AnyDefinition, language: Language) -> Iterator[tuple[str, str]]:
    """Everything about one metric as pairs of a heading and a text, in the order in which they are read."""
    metric = definition.metric
    yield language.gettext("Population"), language.gettext_or_same(metric.population)
    yield language.gettext("Date that counts"), language.gettext_or_same(metric.anchor)
    credits = who_is_credited(definition, "assignee")
    yield language.gettext("Credited among agents"), credit_words(credits, language)
    by_replies = who_is_credited(definition, "most_replies")
    if by_replies != credits:
        heading = language.gettext("Credited with {option}", option="`surveys: {credited: most_replies}`")
        yield heading, credit_words(by_replies, language)
    if metric.clock is not Clock.NONE:
        yield language.gettext("Clock"), clock_name(metric.clock, language)
    yield language.gettext("Unit"), language.pgettext("unit of a metric", _UNITS[metric.unit])
    yield language.gettext("Better"), language.pgettext("which way is good", _BETTER[metric.better])
    yield language.gettext("Main statistic"), statistic_name(metric.statistic, language)
    yield language.gettext("Smallest sample"), str(metric.minimum_sample)
    yield language.gettext("Source"), language.gettext_or_same(metric.source)
    yield language.gettext("Rests on"), ", ".join(f"`{column}`" for column in metric.requires)
    others = measured_beside(metric)
    if others:
        listed = ", ".join(f"`{name}`" for name in others)
        yield language.gettext("Always measured beside it"), listed
