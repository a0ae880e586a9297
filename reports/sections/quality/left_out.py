"""Audits that count in no score, and why."""

from __future__ import annotations

from evaluation.assessment import Assessment
from reports.formats import number
from reports.language import N_, Language
from reports.names import cleaned
from reports.wording import said

REASONS = {
    "unknown_scorecard": N_("the scorecard is not known"),
    "unknown_version": N_("the version of the scorecard is not known"),
    "unknown_criterion": N_("a criterion is not in the scorecard"),
    "off_scale": N_("a mark is outside its scale"),
    "unmarked": N_("a criterion is not marked"),
    "calibration": N_("done to calibrate auditors"),
    "nothing_applied": N_("no criterion applied"),
    "spam": N_("its ticket is spam"),
    "test": N_("its ticket is a test"),
}


_AS_AGREED = ("calibration", "nothing_applied", "spam", "test")


def left_out_count(assessment: Assessment) -> int:
    """How many audits of the period count in no score."""
    found = assessment.breakdowns.get("audits_left_out")
    return 0 if found is None or found.reason is not None else int(found.frame["audits"].sum())


def left_out_text(assessment: Assessment, language: Language) -> str:
    """How many audits count in no score and why, the commonest reason first; empty when nothing is left out.

    Each reason that somebody can repair names one of its audits.
    """
    count = left_out_count(assessment)
    if not count:
        return ""
    frame = assessment.breakdowns["audits_left_out"].frame
    grouped = frame.groupby("reason").agg(audits=("audits", "sum"), example=("example", "min")).reset_index()
    ordered = grouped.sort_values(["audits", "reason"], ascending=[False, True])
    reasons = [_reason(row.reason, int(row.audits), str(row.example), language) for row in ordered.itertuples()]
    return language.ngettext(
        "{n} audit counts in no score: {reasons}.",
        "{n} audits count in no score: {reasons}.",
        count,
        reasons=", ".join(reasons),
    )


def _reason(reason: str, audits: int, example: str, language: Language) -> str:
    words = {"reason": said(REASONS, reason, language), "audits": number(audits, language)}
    if reason in _AS_AGREED:
        return language.gettext("{reason} ({audits})", **words)
    return language.gettext("{reason} ({audits}, for example {example})", **words, example=cleaned(example))
