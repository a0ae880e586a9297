"""Counting: one pass over rows for all metrics and dimensions, then the order statistics of each metric."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evaluation.errors import DataError
from evaluation.metrics.cells import Cells, Members, cells_of, joined
from evaluation.metrics.definition import Standing
from evaluation.metrics.ordering import Amounts, bounds_of, order_statistics
from evaluation.metrics.placing import Spread
from evaluation.metrics.streaming import THREADS, Block, Rows
from evaluation.metrics.summing import (
    MICRO,
    MILLI,
    Axis,
    Crossing,
    Part,
    Totals,
    bits_of,
    count_into,
    crossed,
    in_parts,
    part_for,
    product,
    valued,
    whole,
)

OFF_SCALE, SUCCESS = 5, 6
"""Outcomes beside the standings: left out for its scale; decided and a success, or competing for the shortest."""

_OUTCOMES = 8
"""Room for outcomes in a counter's number."""

_BEYOND = 2.0**60
"""An amount in its parts, times its weight in its own, must stay below: products of them would not fit into 64 bits."""

_SAMPLED = 64
"""One amount of so many tells how all are spread."""

Sums = dict[str, NDArray[Any]]
"""Statistics by name, each an array of members by slots."""


@dataclass(frozen=True)
class Bits:
    """How large the whole numbers of a metric are.

    Attributes:
        amount: Bits of the largest amount.
        weight: Bits of the largest weight.
        part: Bits of the parts in which so many rows can be added up.
    """

    amount: int
    weight: int
    part: int

    @classmethod
    def of(cls, job: Job, blocks: Sequence[Block]) -> Bits:
        """Those of the rows of some blocks."""
        part = part_for(sum(len(block[job.outcome]) for block in blocks))
        if job.amount is None:
            return cls(0, 0, part)
        amount, weight = (_largest(job, column, blocks) for column in (job.amount, job.weight))
        together = np.maximum(amount * MILLI, 1) * np.maximum(weight * MICRO, 1)
        if not together < _BEYOND:
            raise DataError(
                f"{amount:g}{f' times {weight:g}' if job.weight else ''} is too large to be added up exactly",
                where=f"metric {job.metric_id}",
                remedy="leave such rows out with a filter, or correct them in the source",
            )
        return cls(bits_of(amount, MILLI), bits_of(weight, MICRO), part)


@dataclass(frozen=True)
class Job:
    """Where in the rows one metric is.

    Attributes:
        span: Column of the span.
        outcome: Column of the outcome.
        axes: The dimensions, the whole first.
        amount: Column of the amount; None when only cases are counted.
        weight: Column of the weight.
        is_ordered: Whether quantiles are wanted.
        has_shortest: Whether the shortest is taken among successes.
        is_share: Whether successes are added up.
        metric_id: The metric, for messages.
    """

    span: str
    outcome: str
    axes: Sequence[Axis]
    amount: str | None = None
    weight: str | None = None
    is_ordered: bool = False
    has_shortest: bool = False
    is_share: bool = False
    metric_id: str = ""

    def decides(self, block: Block) -> NDArray[np.bool_]:
        """Rows whose amount counts."""
        found = block[self.outcome]
        decided = (found == Standing.DECIDED) | (found == SUCCESS)
        return decided & np.isfinite(block[self.amount]) if self.amount is not None else decided

    def numbers(self, block: Block) -> tuple[NDArray[np.int64], NDArray[np.int64] | None]:
        """Amounts and weights as whole numbers; zero where they do not count."""
        decided = self.decides(block)
        weight = None if self.weight is None else whole(block[self.weight], MICRO, where=decided)
        return whole(block[str(self.amount)], MILLI, where=decided), weight

    def has_cases_of(self, other: Job, blocks: Sequence[Block]) -> bool:
        """Whether every row stands towards both metrics alike, in the same cells."""
        same_cells = (self.span, [axis.columns for axis in self.axes]) == (
            other.span,
            [axis.columns for axis in other.axes],
        )
        return same_cells and all(np.array_equal(block[self.outcome], block[other.outcome]) for block in blocks)

    def addends(self, block: Block, bits: Bits) -> Iterator[tuple[str, list[Part]]]:
        """What is added up, by name, in parts."""
        amount, weight = self.numbers(block)
        if weight is None:
            yield "sum", in_parts(amount, bits.amount, bits.part)
            yield "squares", product(amount, amount, bits.amount, bits.part)
            return
        weighted = weight * amount
        both = bits.amount + bits.weight
        yield "weight", in_parts(weight, bits.weight, bits.part)
        yield "weight_squares", product(weight, weight, bits.weight, bits.part)
        yield "sum", in_parts(weighted, both, bits.part)
        yield "squares", product(weighted, amount, both, bits.part)

    @property
    def units(self) -> dict[str, float]:
        """By what each sum is divided."""
        if self.amount is None:
            return {}
        if self.weight is None:
            return {"sum": MILLI, "squares": MILLI**2}
        return {"weight": MICRO, "weight_squares": MICRO**2, "sum": MICRO * MILLI, "squares": MICRO * MILLI**2}


def _largest(job: Job, column: str | None, blocks: Sequence[Block]) -> float:
    """The largest number of a column, its sign apart, among rows that count; zero without a column."""
    if column is None:
        return 0.0
    # taking the largest of some places instead of all is a dear loop in numpy
    decided = (np.where(job.decides(block), block[column], 0.0) for block in blocks)
    return max((float(np.abs(own).max(initial=0)) for own in decided), default=0.0)


@dataclass
class Account:
    """Counts and sums of one metric, cell by cell.

    Attributes:
        counts: Rows by cell and outcome.
        totals: Sums by cell.
        shortest: The least amount of each cell; empty when it is not wanted.
    """

    counts: NDArray[np.int64]
    totals: Totals
    shortest: NDArray[np.float64]

    @classmethod
    def of(cls, job: Job, crossing: Crossing, spread: Spread) -> Account:
        """Nothing yet."""
        cells = math.prod(crossing.sizes) * (spread.spans + 1)
        shortest = np.full(cells if job.has_shortest else 0, np.inf)
        return cls(np.zeros(cells * _OUTCOMES, dtype=np.int64), Totals(cells), shortest)

    def merge(self, other: Account) -> None:
        """Add what was counted of other rows."""
        self.counts += other.counts
        self.totals.merge(other.totals)
        np.minimum(self.shortest, other.shortest, out=self.shortest)

    def by_axis(self, crossing: Crossing, spread: Spread) -> list[Account]:
        """The same for each axis of a crossing alone."""
        width = spread.spans + 1
        found = [
            Account(counts, Totals(len(counts) // _OUTCOMES), self.shortest)
            for counts in crossing.by_axis(self.counts, width * _OUTCOMES)
        ]
        for name, power, numbers in self.totals.items():
            for account, own in zip(found, crossing.by_axis(numbers, width), strict=True):
                account.totals.sums[name, power] = own
        if len(self.shortest):
            shortest = crossing.by_axis(self.shortest, width, np.minimum, np.inf)
            found = [replace(account, shortest=own) for account, own in zip(found, shortest, strict=True)]
        return found

    @classmethod
    def joined(cls, accounts: Sequence[Account]) -> Account:
        """Those of several axes as one, the members of one axis after those of another."""
        return cls(
            np.concatenate([own.counts for own in accounts]),
            Totals(sum(own.totals.cells for own in accounts), joined([own.totals.sums for own in accounts])),
            np.concatenate([own.shortest for own in accounts]),
        )

    def of_whole(self, spread: Spread) -> Account:
        """What the members add up to."""
        width = spread.spans + 1
        counts = self.counts.reshape(-1, width * _OUTCOMES).sum(axis=0)
        sums = {(name, power): numbers.reshape(-1, width).sum(axis=0) for name, power, numbers in self.totals.items()}
        shortest = self.shortest.reshape(-1, width).min(axis=0, initial=np.inf)
        return Account(counts, Totals(width, sums), shortest)

    def statistics(self, job: Job, spread: Spread) -> Sums:
        """Counts and sums by name, each an array of members by slots."""
        count = spread.added(self.counts.reshape(-1, spread.spans + 1, _OUTCOMES)[:, :-1])
        found: Sums = {
            "n": count[..., Standing.DECIDED] + count[..., SUCCESS],
            "undecided": count[..., Standing.UNDECIDED],
            "left_out": count[..., Standing.LEFT_OUT] + count[..., OFF_SCALE],
            "unknown": count[..., Standing.UNKNOWN],
            "off_scale": count[..., OFF_SCALE],
        }
        parts: dict[str, list[tuple[int, NDArray[Any]]]] = {name: [(0, 0 * found["n"])] for name in job.units}
        for name, power, numbers in self.totals.items():
            parts[name].append((power, spread.added(numbers.reshape(-1, spread.spans + 1)[:, :-1])))
        found |= {name: valued(parts[name], unit) for name, unit in job.units.items()}
        if job.has_shortest:
            least = spread.least(self.shortest.reshape(-1, spread.spans + 1)[:, :-1])
            found["shortest"] = np.where(np.isfinite(least), least, np.nan)
        if job.is_share:
            found["sum"] = count[..., SUCCESS].astype(float)
        return found


Ledger = list[list[Account]]
"""The accounts of each metric, one for each of its crossings."""


def counted(rows: Rows, jobs: Sequence[Job], spread: Spread, members: Members) -> list[Cells]:
    """The cells of each metric in which it has cases.

    Returns:
        For each metric cells with `n`, `undecided`, `left_out`, `unknown`, `off_scale` and what it asks for: `weight`,
        `weight_squares`, `sum`, `squares`, `shortest`, `min`, quantiles.
    """
    count = sum(len(block[jobs[0].outcome]) for block in rows.blocks)
    crossings = [crossed(job.axes[1:], spread.spans + 1, count) for job in jobs]
    with ThreadPoolExecutor(THREADS) as threads:
        bits = list(threads.map(partial(Bits.of, blocks=rows.blocks), jobs))
        entering = _Entering(jobs, crossings, _firsts(jobs, rows.blocks), bits, spread)
        ledgers = list(threads.map(entering.entered, [rows.blocks[number::THREADS] for number in range(THREADS)]))
        ordered = list(threads.map(partial(_ordered, blocks=rows.blocks, spread=spread), jobs))
    cells = []
    for job, own, statistics, *parts in zip(jobs, crossings, ordered, *ledgers, strict=True):
        for other in parts[1:]:
            for account, another in zip(parts[0], other, strict=True):
                account.merge(another)
        accounts = {job.axes[0].id: parts[0][0].of_whole(spread)}
        for crossing, account in zip(own, parts[0], strict=True):
            found = account.by_axis(crossing, spread)
            accounts |= {axis.id: each for axis, each in zip(crossing.axes, found, strict=True)}
        whole = Account.joined([accounts[axis.id] for axis in job.axes])
        cells.append(cells_of(job.axes, whole.statistics(job, spread) | joined(statistics), members))
    return cells


def _firsts(jobs: Sequence[Job], blocks: Sequence[Block]) -> list[int]:
    """For each metric the first whose cases are the same, row by row: mostly that of the metric on the other clock."""
    firsts: list[int] = []
    for number, job in enumerate(jobs):
        earlier = (first for first in dict.fromkeys(firsts) if job.has_cases_of(jobs[first], blocks))
        firsts.append(next(earlier, number))
    return firsts


@dataclass(frozen=True)
class _Entering:
    """How rows are entered into the accounts; the whole is left out, for it is what the members add up to.

    Attributes:
        jobs: The metrics.
        crossings: The axes of each, as they are counted together.
        firsts: For each metric the first that has the same cases.
        bits: How large the numbers of each are.
        spread: How spans make slots.
    """

    jobs: Sequence[Job]
    crossings: Sequence[Sequence[Crossing]]
    firsts: Sequence[int]
    bits: Sequence[Bits]
    spread: Spread

    def entered(self, blocks: Sequence[Block]) -> Ledger:
        """Count and add up the rows of some blocks."""
        ledger = [
            [Account.of(job, crossing, self.spread) for crossing in own]
            for job, own in zip(self.jobs, self.crossings, strict=True)
        ]
        for block in blocks:
            cells = _Numbering(block, self.spread.spans)
            for number, accounts in enumerate(ledger):
                self._enter(cells, number, accounts)
        for number, first in enumerate(self.firsts):
            for account, same in zip(ledger[number], ledger[first], strict=True):
                account.counts = same.counts.copy()
        return ledger

    def _enter(self, cells: _Numbering, number: int, accounts: Sequence[Account]) -> None:
        """Enter the rows of a block into the accounts of a metric."""
        job, block = self.jobs[number], cells.block
        outcomes = block[job.outcome]
        addends = list(job.addends(block, self.bits[number])) if job.amount is not None else []
        competing = None
        if job.has_shortest:
            competing = np.flatnonzero((outcomes == SUCCESS) & np.isfinite(block[str(job.amount)]))
        for crossing, account in zip(self.crossings[number], accounts, strict=True):
            own, counters = cells.of(crossing, job.span)
            if self.firsts[number] == number:
                count_into(account.counts, counters + outcomes)
            for name, parts in addends:
                account.totals.add(name, own, parts)
            if competing is not None:
                np.minimum.at(account.shortest, own[competing], block[str(job.amount)][competing])


class _Numbering:
    """The cells of a block's rows, for each crossing and span found when it is first asked for.

    Attributes:
        block: The rows.
    """

    def __init__(self, block: Block, spans: int) -> None:
        self.block, self._spans = block, spans
        self._of_members: dict[tuple[str, ...], NDArray[np.int64]] = {}
        self._found: dict[tuple[str, ...], tuple[NDArray[np.int64], NDArray[np.int64]]] = {}

    def of(self, crossing: Crossing, span: str) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The cell of each row, and the first of its counters: one for each outcome."""
        columns = crossing.columns
        if columns not in self._of_members:
            self._of_members[columns] = crossing.of_members(self.block, self._spans)
        if (span, *columns) not in self._found:
            cells = self._of_members[columns] + self.block[span]
            self._found[span, *columns] = cells, cells * _OUTCOMES
        return self._found[span, *columns]


def _ordered(job: Job, blocks: Sequence[Block], spread: Spread) -> list[Sums]:
    """Order statistics of a metric on each of its axes."""
    if not job.is_ordered:
        return [{} for _ in job.axes]
    some = [{name: block[name][::_SAMPLED] for name in (str(job.amount), job.outcome)} for block in blocks]
    sample = np.concatenate([np.zeros(0), *(block[str(job.amount)][job.decides(block)] for block in some)])
    bounds = bounds_of(sample, len(sample) * _SAMPLED)
    amounts = (_amounts(job, block, spread, bounds) for block in blocks)
    return order_statistics(amounts, [len(axis.members) for axis in job.axes], spread)


def _amounts(job: Job, block: Block, spread: Spread, bounds: NDArray[np.float64]) -> list[Amounts]:
    """The amounts of a block that count, band by band and span by span."""
    narrow = np.min_scalar_type(max(len(axis.members) for axis in job.axes))
    members = np.stack([axis.members_of(block, dtype=narrow) for axis in job.axes])
    spans = np.where(job.decides(block), block[job.span], spread.spans)
    return Amounts(block[str(job.amount)], members).apart(spans, spread.spans, bounds)
