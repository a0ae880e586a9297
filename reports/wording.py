"""Closed lists of the domain in words: one sentence for each status, reason, caveat and absence.

A word of these lists that has no sentence is a fault of the report and stops it (`KeyError` is turned into
`RenderError` by `said`), because a silent gap would read as "all is well".
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from evaluation.assessment import Change, FollowUpState, GoalStatus
from evaluation.errors import RenderError
from evaluation.measurement import Absent, Caveat
from evaluation.validation import Severity
from reports.chart import Shape
from reports.document import Mark
from reports.language import N_, Language

CHANGE = {
    Change.BETTER: N_("improvement"),
    Change.WORSE: N_("deterioration"),
    Change.MOVED: N_("a real difference"),
    Change.WITHIN_NOISE: N_("within noise"),
    Change.CANNOT_TELL: N_("too few cases to tell"),
    Change.NOT_COMPARED: N_("nothing to compare with"),
    Change.NOT_WHOLE: N_("not compared, one of the two periods is not whole"),
    Change.NOT_JUDGED: N_("the shortest case alone tells no change"),
}
STATUS = {
    GoalStatus.REACHED: (Shape.MET, N_("Met")),
    GoalStatus.ON_COURSE: (Shape.IN_PROGRESS, N_("On course")),
    GoalStatus.AT_RISK: (Shape.AT_RISK, N_("At risk")),
    GoalStatus.OFF_COURSE: (Shape.AT_RISK, N_("Off course")),
    GoalStatus.MISSED: (Shape.MISSED, N_("Missed")),
    GoalStatus.CANNOT_TELL: (Shape.NO_DATA, N_("Cannot tell")),
    GoalStatus.NOT_STARTED: (Shape.NO_DATA, N_("Not started")),
}
GOAL_REASON = {
    "reached": N_("the target is met, beyond noise"),
    "reached_within_noise": N_("the target is met, but by less than noise"),
    "not_reached": N_("the target is missed, beyond noise"),
    "not_reached_within_noise": N_("the target is missed by less than noise"),
    "small_sample": N_("too few cases"),
    "no_value": N_("there is no value"),
    "no_baseline": N_("there is no value at the start to compare with"),
    "forecast_reaches": N_("the forecast reaches the target"),
    "forecast_unsure": N_("the forecast may miss the target"),
    "forecast_misses": N_("the forecast misses the target"),
    "short_series": N_("the series is too short for a forecast"),
    "ahead_of_path": N_("ahead of the planned path"),
    "behind_path": N_("behind the planned path"),
    "not_started": N_("the goal starts later"),
}
PRECEDENT = {
    "routine": N_("such a move is routine"),
    "ambitious": N_("such a move is rare"),
    "never_before": N_("such a move never happened before"),
    "unknown": "",
}
ASSURANCE = {
    "reached": N_("this process always reaches it"),
    "hit_and_miss": N_("this process reaches it now and then"),
    "missed": N_("this process as it is never reaches it"),
    "unknown": "",
}
FOLLOW_UP = {
    FollowUpState.PROPOSED: (Shape.NO_DATA, N_("Proposed")),
    FollowUpState.OPEN: (Shape.IN_PROGRESS, N_("Open")),
    FollowUpState.IN_PROGRESS: (Shape.IN_PROGRESS, N_("In progress")),
    FollowUpState.DONE: (Shape.MET, N_("Done")),
    FollowUpState.DROPPED: (Shape.NO_DATA, N_("Dropped")),
}
EFFECT = {
    "helped": (Shape.MET, N_("Helped")),
    "no_sign": (Shape.NO_DATA, N_("No sign of an effect")),
    "worse": (Shape.MISSED, N_("Worse since")),
    "too_early": (Shape.IN_PROGRESS, N_("Too early to tell")),
    "cannot_tell": (Shape.NO_DATA, N_("Cannot tell")),
}
EFFECT_REASON = {
    "no_whole_month": N_("no whole month has passed since"),
    "few_after": N_("too few cases since"),
    "few_before": N_("too few cases before"),
    "no_direction": N_("its figure has no good direction"),
}
ABSENT = {
    Absent.NO_CASES: N_("no cases in the period"),
    Absent.NO_SOURCE: N_("no source delivers it"),
    Absent.NO_EVENTS: N_("cannot be computed: no event history"),
    Absent.NOT_DECIDED: N_("nothing is decided yet"),
    Absent.WITHHELD: N_("withheld: its data failed a critical check"),
    Absent.NO_POLICY: N_("no service-level promise applies"),
    Absent.NO_COLUMN: N_("the source does not give the column"),
    Absent.UNDEFINED: N_("not defined for these cases"),
}
CAVEAT = {
    Caveat.SMALL_SAMPLE: N_("small sample"),
    Caveat.PARTIAL_PERIOD: N_("part of the period only"),
    Caveat.PARTIAL_RECORDS: N_("the records begin within the period"),
    Caveat.ROWS_QUARANTINED: N_("rows were set aside"),
    Caveat.CHECK_FAILED: N_("a data check failed"),
    Caveat.IMMATURE: N_("some cases are undecided"),
    Caveat.MIXED_SCALES: N_("different scales in the data"),
}
SEVERITY = {
    Severity.CRITICAL: (Shape.MISSED, N_("Critical")),
    Severity.WARNING: (Shape.AT_RISK, N_("Warning")),
    Severity.INFO: (Shape.NO_DATA, N_("For information")),
}
STEP_STATE = {
    "done": (Shape.MET, N_("Done")),
    "partly": (Shape.IN_PROGRESS, N_("Partly")),
    "no_data": (Shape.NO_DATA, N_("No data")),
}


def said(table: Mapping[StrEnum, str] | Mapping[str, str], key: StrEnum | str, language: Language) -> str:
    """The words for an entry of a closed list; empty when the list says that there is nothing to say.

    Raises:
        RenderError: The entry has no words.
    """
    message = _entry(table, key)
    return language.gettext(message) if message else ""


def marked(
    table: Mapping[StrEnum, tuple[Shape, str]] | Mapping[str, tuple[Shape, str]], key: StrEnum | str, language: Language
) -> Mark:
    """The shape and word for an entry of a closed list.

    Raises:
        RenderError: The entry has no words.
    """
    shape, message = _entry(table, key)
    return Mark(shape, language.gettext(message))


def caveats(of: tuple[Caveat, ...], language: Language) -> str:
    """All that may be said against a figure, in one phrase; empty when nothing."""
    return "; ".join(said(CAVEAT, caveat, language) for caveat in of)


def _entry(table: Mapping, key: StrEnum | str):  # type: ignore[no-untyped-def]
    if key not in table:
        raise RenderError(f"the report has no words for {str(key)!r}", remedy="add its sentence to reports/wording.py")
    return table[key]
