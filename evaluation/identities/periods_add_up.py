"""Three months make the quarter, two quarters the half: for what is counted, never for medians."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

import pandas as pd

from evaluation.identities.adding_up import COUNTED, compared, sums_over_members
from evaluation.identities.members_add_up import counts_rows
from evaluation.identity import Identity
from evaluation.metrics.definition import RatioDefinition
from evaluation.period import Period

if TYPE_CHECKING:
    from evaluation.measurement import Measurements
    from evaluation.metrics.definition import AnyDefinition

ID = "periods_add_up"


def periods_add_up(
    measurements: Measurements, definitions: Mapping[str, AnyDefinition], period: Period
) -> tuple[Identity, ...]:
    """One identity for each metric whose rows lie in exactly one period: longer periods against their parts.

    Args:
        measurements: What was measured.
        definitions: The definitions that were measured.
        period: The reported period; its zone and fiscal year tell what the ids of the others mean.
    """
    wanted = [name for name, definition in definitions.items() if counts_rows(definition)]
    sums = sums_over_members(measurements, wanted)
    by_period = sums[[(number, "all") for number in COUNTED]].droplevel(1, axis="columns").unstack("statistic")
    identities = []
    for metric_id in sums.index.unique("metric_id"):
        own = by_period.loc[metric_id].dropna(axis="columns", how="all")
        if isinstance(definitions[metric_id], RatioDefinition):
            # what a ratio leaves out depends on whether anything is known above its line
            own = own.drop(columns="excluded", level=0)
        parts, whole = _sides(own, made_of(set(own.index), period))
        if len(whole):
            identities.append(compared(ID, str(metric_id), parts, whole))
    return tuple(identities)


def made_of(measured: set[str], period: Period) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Each measured period with measured periods that it is made of: its months, its quarters, its halves.

    Example:
        >>> quarter = Period.parse("2026-Q3", zone="UTC")
        >>> list(made_of({"2026-Q3", "2026-09", "2026-07", "2026-08", "2026-Q2"}, quarter))
        [('2026-Q3', ('2026-07', '2026-08', '2026-09'))]
    """
    spans = [
        Period.parse(text, zone=period.zone, fiscal_year_starts=period.fiscal_year_starts) for text in sorted(measured)
    ]
    for whole in spans:
        for kind in ("month", "quarter", "half"):
            inside = [one for one in spans if one.kind == kind and one.kind != whole.kind and _lies_in(one, whole)]
            ordered = sorted(inside, key=lambda one: (one.first_day, one.id))
            distinct = list({one.first_day: one for one in ordered}.values())
            if distinct and sum(len(one.months()) for one in distinct) == len(whole.months()):
                yield whole.id, tuple(one.id for one in distinct)


def _lies_in(part: Period, whole: Period) -> bool:
    return whole.first_day <= part.first_day and part.day_after <= whole.day_after


def _sides(counted: pd.DataFrame, together: Iterable[tuple[str, tuple[str, ...]]]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Sums over the parts of each longer period, and the longer periods themselves.

    Args:
        counted: One row per period of one metric.
        together: Longer periods with their parts.
    """
    pairs = list(together)
    longer = [whole for whole, _ in pairs]
    sums = [counted.loc[list(parts)].sum().to_numpy() for _, parts in pairs]
    return pd.DataFrame(sums, index=longer, columns=counted.columns), counted.loc[longer]
