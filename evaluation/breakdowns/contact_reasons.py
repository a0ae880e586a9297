"""What people turn to the service for: contacts by topic, against the periods before, with repeats and complaints."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

import pandas as pd

from evaluation.breakdown import Breakdown
from evaluation.measurement import UNASSIGNED, Absent, Caveat
from evaluation.statistics.change import difference_of_counts, dispersion_before

if TYPE_CHECKING:
    from evaluation.breakdowns import Ground
    from evaluation.measurement import Measurement, Measurements
    from evaluation.period import Period

METRIC = "contact_reasons"

COLUMNS: Mapping[str, str] = MappingProxyType(
    {
        "reason": "the topic; (unassigned) for contacts without one",
        "contacts": "contacts in the period",
        "share": "fraction of all contacts of the period",
        "contacts_previous": "contacts in the previous period; empty when the data do not reach it",
        "growth_previous": "contacts over those of the previous period, less 1; empty from none",
        "p_previous": "probability of so large a difference by chance: two counts, with the variation of their months",
        "is_real_previous": "the topic's share of the tickets moved the same way, and that stands among all that the "
        "review compared (false discoveries at most 10 %); of topics of calls alone the contacts themselves",
        "contacts_last_year": "contacts in the same period a year ago; empty when the data do not reach it",
        "growth_last_year": "contacts over those, less 1; empty from none",
        "p_last_year": "as p_previous",
        "is_real_last_year": "the difference stands among all that the review compared",
        "repeat_share": "fraction of them before which the same requester had come within the window, on any topic",
        "complaint_share": "fraction of them that the source marks as complaints",
    }
)

_TYPES = {
    "contacts": "int64", "share": "float64", "contacts_previous": "Int64", "growth_previous": "Float64",
    "p_previous": "Float64", "is_real_previous": "boolean", "contacts_last_year": "Int64",
    "growth_last_year": "Float64", "p_last_year": "Float64", "is_real_last_year": "boolean",
    "repeat_share": "Float64", "complaint_share": "Float64",
}  # fmt: skip

_PASTS = ("previous", "last_year")


def contact_reasons(ground: Ground) -> Breakdown:
    """The breakdown of the metric `contact_reasons`; the most frequent reason first, contacts without a topic last.

    A period that had not ended when the data were taken is counted and not compared: its past ones are whole. Nor is it
    compared with a past one within which the records begin.
    """
    period, found = ground.period, ground.measurements
    whole = found.get(METRIC, period.id, statistic="value")
    if not whole.value:
        return _breakdown(pd.DataFrame(columns=list(COLUMNS)), whole.reason or Absent.NO_CASES)
    pasts = {"previous": period.previous(), "last_year": period.same_last_year()}
    ended = period.end <= ground.facts.cut
    counts = {name: _counts(found, past) if ended and _is_whole(found, past) else None for name, past in pasts.items()}
    now = _counts(found, period) or {}
    reasons = sorted(set(now).union(*(past for past in counts.values() if past)), key=lambda one: _place(one, now))
    series = {month.id: _counts(found, month) for month in period.months()[-1].series(13)}
    repeats, complaints = (
        _shares(found, period, name) for name in ("repeat_contact_share_any_topic", "complaint_rate")
    )
    rows = []
    for reason in reasons:
        months = [month.get(reason, 0) for month in series.values() if month is not None]
        contacts = now.get(reason, 0)
        row = {"reason": reason, "contacts": contacts, "share": contacts / whole.value}
        for name in _PASTS:
            # the same months of last year share their season, those just before do not
            tested = len(period.months())
            dispersion = dispersion_before(months, tested=tested, together=tested if name == "previous" else 1)
            row |= _growth(name, contacts, counts[name], reason, dispersion)
        complained = complaints.get(reason)
        row |= {
            "repeat_share": repeats.get(reason),
            "complaint_share": None if complained is None else complained / 100,
        }
        rows.append(row)
    return _breakdown(_typed(pd.DataFrame(rows)), None)


def _place(reason: str, now: Mapping[str, int]) -> tuple[bool, int, str]:
    return reason == UNASSIGNED, -now.get(reason, 0), reason


def _counts(found: Measurements, period: Period) -> dict[str, int] | None:
    """Contacts by topic; None where nothing was measured or the data do not reach."""
    members = {row.member: row.n for row in found.members(METRIC, period.id, "topic", statistic="value") if row.n}
    return members if members or _value(found, period) is not None else None


def _is_whole(found: Measurements, period: Period) -> bool:
    """Whether the records do not begin in the middle of it."""
    return Caveat.PARTIAL_RECORDS not in found.get(METRIC, period.id, statistic="value").caveats


def _value(found: Measurements, period: Period) -> float | None:
    measured: Measurement = found.get(METRIC, period.id, statistic="value")
    return measured.value


def _shares(found: Measurements, period: Period, metric_id: str) -> dict[str, float]:
    rows = found.members(metric_id, period.id, "topic", statistic="value")
    if not rows and metric_id.startswith("repeat_contact_share"):
        rows = found.members("repeat_contact_share", period.id, "topic", statistic="value")
    return {row.member: row.value for row in rows if row.value is not None}


def _growth(
    name: str, contacts: int, past: Mapping[str, int] | None, reason: str, dispersion: float
) -> dict[str, object]:
    if past is None:
        return {f"{what}_{name}": None for what in ("contacts", "growth", "p")}
    before = past.get(reason, 0)
    difference = difference_of_counts(contacts, before, dispersion=dispersion)
    return {
        f"contacts_{name}": before,
        f"growth_{name}": contacts / before - 1 if before else None,
        f"p_{name}": difference.p_value,
    }


def _typed(frame: pd.DataFrame) -> pd.DataFrame:
    """What stands is not known here: that is for the control of everything that was compared."""
    open_ = {f"is_real_{name}": pd.Series(pd.NA, index=frame.index, dtype="boolean") for name in _PASTS}
    return frame.assign(**open_)[list(COLUMNS)].astype(_TYPES)


def _breakdown(frame: pd.DataFrame, reason: Absent | None) -> Breakdown:
    return Breakdown(
        id="contact_reasons", metric_id=METRIC, frame=frame, columns=COLUMNS,
        reason=None if reason is None else reason.value,
    )  # fmt: skip
