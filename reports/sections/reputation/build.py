"""Reputation and loyalty: what customers write in public, who complains, returns and stays, and what others reach."""

from __future__ import annotations

from dataclasses import replace

from evaluation.assessment import Assessment
from evaluation.measurement import Measurement
from reports.arrangement import Beside, Halves, Whole, arranged
from reports.conclusions import joined, promise_kept
from reports.document import Block, Missing, Note, Notes, Picture, Section
from reports.evidence import figure_of, has_value, is_small, measured, monthly, why_absent
from reports.figure_tables import figures_table
from reports.findings import stands_out
from reports.formats import amount, bound, number, share
from reports.language import Language
from reports.names import inside, metric_label
from reports.process_pictures import course_picture
from reports.process_words import process_note
from reports.section import Material
from reports.sections.reputation.outside import outside_count, outside_metrics, outside_table
from reports.sections.reputation.sites import only_scale, opinions_picture, sites_table

ORDER = 64
RATING, ANSWERED, NEGATIVE = "review_rating", "review_answer_rate", "negative_reviews_answered_in_target"
REVIEWS = (
    RATING,
    "review_sentiment",
    "review_sentiment_neutral",
    "review_sentiment_negative",
    ANSWERED,
    "review_answer_time",
    NEGATIVE,
)
COMPLAINTS = ("complaint_rate", "complaint_rate_customers")
LOYALTY = ("retention_rate", "churn_rate", *COMPLAINTS, "return_rate", "return_rate_customers")
METRICS = (*REVIEWS, *LOYALTY)


def build(material: Material) -> Section | Missing:
    """Reviews, loyalty and outside values, each only with data; no page without any of them."""
    assessment, language = material.assessment, material.language
    kicker = language.gettext("Reputation and loyalty")
    reviews, loyalty = (_shown(assessment, names) for names in (REVIEWS, LOYALTY))
    if not (reviews or loyalty or outside_count(assessment)):
        absent = next((row for name in METRICS if (row := measured(assessment, name))), None)
        return Missing("reputation", kicker, why_absent(absent.reason if absent else None, language))
    notes = _review_notes(assessment, language) if reviews else None
    complaints = next((name for name in COMPLAINTS if name in loyalty), None)
    found: dict[str, Block | None] = {
        "months": _course(assessment, notes, language) if notes else None,
        "notes": notes,
        "reviews": _table(assessment, reviews, language.gettext("Public reviews"), language),
        "opinions": opinions_picture(assessment, language),
        "sites": sites_table(assessment, language),
        "loyalty": _table(
            assessment, loyalty, language.gettext("Complaints, returns and customers who stay"), language
        ),
        "complaints": course_picture(assessment, complaints, "reputation-complaints", language) if complaints else None,
        "loyalty_notes": _loyalty_notes(assessment, language) if loyalty else None,
        "outside": outside_table(assessment, language),
    }
    section = Section(
        id="reputation",
        kicker=kicker,
        title=reputation_title(assessment, language),
        blocks={name: block for name, block in found.items() if block},
        metrics=tuple(dict.fromkeys((*reviews, *loyalty, *outside_metrics(assessment)))),
        may_follow=True,
    )
    pieces = (
        Beside("months", "notes"),
        Whole("reviews"),
        Halves(("opinions", "sites")),
        Beside("complaints", "loyalty_notes"),
        Whole("loyalty"),
        Whole("outside"),
    )
    return arranged(section, pieces, language, spare=("complaints",))


def _shown(assessment: Assessment, names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(name for name in names if has_value(measured(assessment, name)))


def _table(assessment: Assessment, names: tuple[str, ...], title: str, language: Language) -> Block | None:
    if not names:
        return None
    return figures_table(assessment, names, language, title=title, sub=language.gettext("whole service"))


def _course(assessment: Assessment, notes: Notes, language: Language) -> Picture | None:
    """The rating by month; when the months have few reviews the picture says so."""
    picture = course_picture(assessment, RATING, "reputation-months", language, notes=notes)
    if picture is None or not any(row is not None and is_small(row) for row in monthly(assessment, RATING)):
        return picture
    few = language.gettext("Some months have few reviews: their ups and downs may be chance.")
    return replace(picture, after=" ".join(text for text in (picture.after, few) if text))


def reputation_title(assessment: Assessment, language: Language) -> str:
    """The rating and whether negative reviews are answered in time; without reviews, who stays and who complains."""
    shown = _shown(assessment, METRICS)
    if not shown:
        return language.ngettext(
            "{n} outside value to compare with", "{n} outside values to compare with", outside_count(assessment)
        )
    first = _half(assessment, shown[0], language)
    seconds = [_second(assessment, name, language) for name in (NEGATIVE, ANSWERED) if name in shown[1:]]
    rest = [name for name in shown[1:] if name in LOYALTY]
    if shown[0] in LOYALTY:
        seconds = [inside(_half(assessment, name, language)) for name in rest if name != "churn_rate"]
    return joined(first, seconds, language)


def _half(assessment: Assessment, metric_id: str, language: Language) -> str:
    """A figure against its target, or with the top of its scale."""
    metric, found, figure = (
        assessment.catalogue[metric_id],
        _valued(assessment, metric_id),
        figure_of(assessment, metric_id),
    )
    value = amount(found.value or 0.0, metric.unit, language).text
    top = only_scale(assessment) if metric_id == RATING else None
    if kept := promise_kept(figure, language) if figure else "":
        value = kept
    elif top is not None:
        value = language.gettext("{value} of {most}", value=value, most=bound(top, metric.unit, language))
    if is_small(found) and not kept:
        value = language.ngettext("{value} from {n} case only", "{value} from {n} cases only", found.n, value=value)
    return language.gettext("{label}: {value}", label=metric_label(metric, language), value=value)


def _second(assessment: Assessment, metric_id: str, language: Language) -> str:
    """How many negative reviews were answered in time, counted because they are few; or the answered share of all."""
    found = _valued(assessment, metric_id)
    if metric_id == ANSWERED or found.numerator is None or found.denominator is None:
        return language.gettext("{share} answered", share=share(found.value or 0.0, language))
    return language.ngettext(
        "{met} of {n} negative one answered in time",
        "{met} of {n} negative ones answered in time",
        round(found.denominator),
        met=number(found.numerator, language),
    )


def _valued(assessment: Assessment, metric_id: str) -> Measurement:
    found = measured(assessment, metric_id)
    if found is None or found.value is None:
        raise ValueError(f"{metric_id} has no value")
    return found


def _review_notes(assessment: Assessment, language: Language) -> Notes:
    told = (process_note(assessment, RATING, language), stands_out(assessment, REVIEWS, language))
    notes = [note for note in told if note]
    if negative := _negative(assessment, language):
        notes.append(Note(language.gettext("Negative reviews"), negative))
    text = language.gettext("Whoever writes in public has chosen to: reviews are no sample of all customers.")
    return Notes((*notes, Note(language.gettext("What we cannot see"), (text,))))


def _negative(assessment: Assessment, language: Language) -> tuple[str, ...]:
    """How many negative reviews were not answered in time, and how many may still be."""
    found = measured(assessment, NEGATIVE)
    if found is None or found.numerator is None or not found.denominator:
        return ()
    late, every = round(found.denominator - found.numerator), round(found.denominator)
    lines = [
        language.ngettext(
            "{n} of {every} was not answered within the promised time.",
            "{n} of {every} were not answered within the promised time.",
            late,
            every=number(every, language),
        )
        if late
        else language.gettext("All were answered within the promised time.")
    ]
    if found.undecided:
        lines.append(
            language.ngettext(
                "{n} may still be answered in time.", "{n} may still be answered in time.", found.undecided
            )
        )
    return tuple(lines)


def _loyalty_notes(assessment: Assessment, language: Language) -> Notes:
    standing = stands_out(assessment, LOYALTY, language)
    text = language.gettext(
        "Not everybody who is dissatisfied complains: few complaints do not prove that customers are content."
    )
    notes = [standing] if standing else []
    return Notes((*notes, Note(language.gettext("What we cannot see"), (text,))))
