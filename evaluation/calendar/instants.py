"""Instants as people pass them, single or in columns, and as microseconds of UTC."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from typing import TYPE_CHECKING, Any

import numpy as np

from evaluation.calendar.wall_clock import EPOCH, at_instant
from evaluation.errors import DataError

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    Moment = datetime | pd.Series | pd.DatetimeIndex | NDArray[np.datetime64]

NOT_A_TIME = np.iinfo(np.int64).min
_LONGEST_SECONDS = 300 * 366 * 86_400
_MICROSECOND = timedelta(microseconds=1)
_REMEDY = "give it its zone first, for example at.replace(tzinfo=ZoneInfo('Europe/Warsaw')) or series.dt.tz_localize(…)"


@dataclass(frozen=True)
class Given:
    """Instants taken in, and the shape in which answers go back.

    Attributes:
        microseconds: Since 1970 in UTC, one for each instant; `NOT_A_TIME` where there is none. Parts of a microsecond
            are cut off.
        kind: `scalar`, `series`, `index` or `array`.
        zone: The zone of the instants as they came; None for numpy.
        labels: The index of a series.
        name: The name of a series or index.
    """

    microseconds: NDArray[np.int64]
    kind: str
    zone: tzinfo | None
    labels: Any = None
    name: Any = None

    def numbers(self, values: NDArray) -> Any:
        """Numbers or truth values in the shape of what was given."""
        import pandas as pd

        if self.kind == "scalar":
            return values[0].item()
        if self.kind == "series":
            return pd.Series(values, index=self.labels, copy=False)  # nobody else has them
        return values

    def instants(self, microseconds: NDArray[np.int64]) -> Any:
        """Instants in the shape and zone of what was given."""
        import pandas as pd

        if self.kind == "scalar":
            return _datetime(int(microseconds[0]), self.zone)
        stamps = microseconds.view("datetime64[us]")
        if self.kind == "array":
            return stamps
        index = pd.DatetimeIndex(stamps, tz="UTC").tz_convert(self.zone)
        return index.rename(self.name) if self.kind == "index" else pd.Series(index, index=self.labels, name=self.name)


def _datetime(microseconds: int, zone: tzinfo | None) -> Any:
    if microseconds == NOT_A_TIME:
        import pandas as pd

        return pd.NaT
    return at_instant(microseconds, zone or UTC)


def take_single(at: datetime) -> int:
    """Microseconds since 1970 of one zone-aware datetime.

    Raises:
        DataError: It has no zone.
        TypeError: It is something else, or no time.
    """
    given = take(at)
    if given.kind != "scalar" or given.microseconds[0] == NOT_A_TIME:
        raise TypeError(f"one zone-aware datetime is needed, not {at!r}")
    return int(given.microseconds[0])


def take(moments: Moment) -> Given:
    """Instants from a zone-aware datetime, a zone-aware series or index, or numpy datetimes (which are UTC).

    Raises:
        DataError: Instants without a zone.
        TypeError: Something that is no instant.
    """
    if isinstance(moments, datetime):
        return _take_single(moments)
    if isinstance(moments, np.datetime64):
        return Given(_as_microseconds(np.array([moments])), "scalar", UTC)
    if isinstance(moments, np.ndarray) and moments.dtype.kind == "M":
        return Given(_as_microseconds(moments), "array", None)
    return _take_column(moments)


def _as_microseconds(stamps: NDArray) -> NDArray[np.int64]:
    return np.ascontiguousarray(stamps.astype("datetime64[us]", copy=False)).view(np.int64)


def _take_single(at: datetime) -> Given:
    if at != at:  # pandas' NaT is a datetime that differs from itself
        return Given(np.array([NOT_A_TIME]), "scalar", UTC)
    if at.tzinfo is None:
        raise DataError(f"the moment {at.isoformat()} has no time zone", remedy=_REMEDY)
    return Given(np.array([(at.astimezone(UTC) - EPOCH) // _MICROSECOND]), "scalar", at.tzinfo)


def _take_column(moments: Any) -> Given:
    import pandas as pd

    if not isinstance(moments, pd.Series | pd.DatetimeIndex):
        raise TypeError(
            f"a {type(moments).__name__} is no instant: pass a datetime, Series, DatetimeIndex or numpy datetimes"
        )
    if not pd.api.types.is_datetime64_any_dtype(moments.dtype):
        raise TypeError(
            f"a column of type {moments.dtype} holds no instants: convert it with pandas.to_datetime(…, utc=True)"
        )
    index = pd.DatetimeIndex(moments)
    if index.tz is None:
        raise DataError("the column of moments has no time zone", remedy=_REMEDY)
    kind = "series" if isinstance(moments, pd.Series) else "index"
    labels = moments.index if isinstance(moments, pd.Series) else None
    whole = index if index.unit == "us" else index.as_unit("us")
    return Given(whole.asi8, kind, index.tz, labels, moments.name)


def together(first: Given, second: Given) -> tuple[NDArray[np.int64], NDArray[np.int64], Given]:
    """Two operands of one length, and the one whose shape the answer has; a single instant goes with any column.

    Raises:
        DataError: Columns of different lengths, or series with different labels.
    """
    one, two = first.microseconds, second.microseconds
    if first.kind == "scalar" or second.kind == "scalar":
        shape = second if first.kind == "scalar" else first
        return *np.broadcast_arrays(one, two), shape  # type: ignore[return-value]
    if len(one) != len(two):
        raise DataError(f"{len(one)} starts and {len(two)} ends do not make pairs", remedy="pass columns of one length")
    if first.kind == second.kind == "series" and not first.labels.equals(second.labels):
        raise DataError("the series of starts and of ends have different indexes", remedy="align them first")
    return one, two, first


def with_open_seconds(start: Given, open_seconds: Any) -> tuple[Given, NDArray[np.int64]]:
    """Starts and the open microseconds to add, of one length; a single one of either goes with any column of the other.

    Raises:
        DataError: Negative or infinite seconds, or columns that do not pair.
    """
    wanted = _whole_microseconds(open_seconds)
    if np.ndim(open_seconds) == 0:
        return start, np.broadcast_to(wanted, len(start.microseconds))
    labels = open_seconds.index if _is_series(open_seconds) else None
    if start.kind == "scalar":
        kind = "array" if labels is None else "series"
        return Given(np.broadcast_to(start.microseconds, len(wanted)), kind, start.zone, labels), wanted
    if len(wanted) != len(start.microseconds):
        raise DataError(
            f"{len(start.microseconds)} instants and {len(wanted)} durations do not make pairs",
            remedy="pass columns of one length",
        )
    if start.kind == "series" and labels is not None and not start.labels.equals(labels):
        raise DataError("the series of starts and of seconds have different indexes", remedy="align them first")
    return start, wanted


def _is_series(column: Any) -> bool:
    import pandas as pd

    return isinstance(column, pd.Series)


def _whole_microseconds(seconds: Any) -> NDArray[np.int64]:
    if hasattr(seconds, "to_numpy"):
        seconds = seconds.to_numpy(dtype=np.float64, na_value=np.nan)
    numbers = np.atleast_1d(np.asarray(seconds, dtype=np.float64))
    missing = np.isnan(numbers)
    wrong = numbers[~missing & ((numbers < 0) | (numbers > _LONGEST_SECONDS))]
    if len(wrong):
        raise DataError(
            f"{wrong[0]:g} open seconds cannot be added",
            where="add",
            remedy="seconds to add are from 0 to what is left until the year 2200",
        )
    # Not numpy's rounding to even, so that every engine rounds alike.
    whole = np.floor(np.where(missing, 0.0, numbers) * 1e6 + 0.5).astype(np.int64)
    return np.where(missing, NOT_A_TIME, whole)
