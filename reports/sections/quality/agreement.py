"""How far auditors agree, in words, by a scale that is named."""

from __future__ import annotations

from evaluation.assessment import Assessment, Target
from evaluation.measurement import Absent, Measurement
from evaluation.metric import Unit
from reports.document import Note
from reports.evidence import is_small, measured
from reports.formats import amount, share
from reports.language import N_, Language

AGREEMENT = "auditor_agreement"
TENTATIVE, RELIABLE = 0.667, 0.8
"""K. Krippendorff, Content Analysis: data with an alpha below the first are not used, from the second on they are."""
_VERDICTS = {
    RELIABLE: N_("The marks may be relied upon."),
    TENTATIVE: N_("Only tentative conclusions may be drawn from the marks."),
    float("-inf"): N_("The marks should not be relied upon: train the auditors on the same cases first."),
}
_SCALE = N_("Scale of K. Krippendorff: reliable from 0.8, tentative from 0.667.")


def agreement_note(assessment: Assessment, language: Language) -> Note:
    """What alpha says about the marks, how many contacts it rests on, or why it is not known."""
    title = language.gettext("How far auditors agree")
    found = measured(assessment, AGREEMENT)
    if found is None or not found.n:
        text = language.gettext("No contact was marked by two auditors: it is not known how far they agree.")
        return Note(title, (text,))
    marked = language.ngettext(
        "{n} contact was marked by two or more auditors", "{n} contacts were marked by two or more auditors", found.n
    )
    if found.value is None:
        return Note(title, (f"{marked}: {_why(found, language)}",))
    first = language.gettext("{marked}: Krippendorff's alpha is {alpha}.", marked=marked, alpha=alpha(found, language))
    if is_small(found):
        lines = (first, language.gettext("That is too few to say whether the marks may be relied upon."))
    else:
        lines = (first, f"{language.gettext(verdict(found.value))} {language.gettext(_SCALE)}")
    same = measured(assessment, AGREEMENT, statistic="percent_agreement")
    if same is None or same.value is None:
        return Note(title, lines)
    equal = language.gettext("{share} of the pairs of marks are the same.", share=share(same.value, language))
    return Note(title, (f"{lines[0]} {equal}", *lines[1:]))


def verdict(value: float) -> str:
    """What an alpha means, a sentence of the catalogue.

    Example:
        >>> verdict(0.8), verdict(0.7999)
        ('The marks may be relied upon.', 'Only tentative conclusions may be drawn from the marks.')
    """
    return next(text for least, text in _VERDICTS.items() if value >= least)


def alpha(found: Measurement, language: Language) -> str:
    """The alpha with as many digits as it takes to stay on its side of the scale's bounds."""
    return amount(found.value or 0.0, Unit.RATIO, language, against=Target(at_least=TENTATIVE, at_most=RELIABLE)).text


def _why(found: Measurement, language: Language) -> str:
    if found.reason is Absent.UNDEFINED:
        return language.gettext("all marks are the same, so agreement cannot be told from chance.")
    return language.gettext("how far they agree could not be computed.")
