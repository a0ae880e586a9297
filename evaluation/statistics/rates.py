"""How sure a rate of events is: complaints per hundred contacts, returns per hundred customers."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import gammaincinv

from evaluation.statistics.intervals import LEVEL, FloatArray


def count_bounds(events: ArrayLike) -> tuple[FloatArray, FloatArray]:
    """Exact 95 % interval for the expected number of events when so many were counted (Poisson).

    Divided by what the events are counted over, it is the interval of their rate. Never narrower than 95 %, and defined
    for no events too: nobody who complained is no proof that nobody ever will.

    Source: F. Garwood, Fiducial limits for the Poisson distribution, Biometrika 28 (1936) 437-442.

    Args:
        events: Counted events, >= 0; NaN gives NaN.

    Raises:
        ValueError: A count is negative or infinite.

    Example:
        >>> low, high = count_bounds([0, 10])
        >>> [round(float(bound), 3) for bound in (*low, *high)]
        [0.0, 4.795, 3.689, 18.39]
    """
    counted = np.asarray(events, dtype=float)
    if (counted < 0).any() or np.isinf(counted).any():
        raise ValueError("a count is negative or infinite; count the events again")
    tail = (1 - LEVEL) / 2
    low = np.where(counted > 0, gammaincinv(np.where(counted > 0, counted, 1.0), tail), 0.0 * counted)
    return low, gammaincinv(counted + 1, 1 - tail)
