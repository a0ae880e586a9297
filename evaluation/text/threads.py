"""One thread for the models of text: the same sums in the same order, and no waiting for cores that others use."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

_COUNT = "LOKY_MAX_CPU_COUNT"


def load_models() -> None:
    """Import the models of text, which takes a second."""
    import sklearn.cluster
    import sklearn.linear_model  # noqa: F401


@contextmanager
def one_thread() -> Iterator[None]:
    """Numeric libraries run on one thread inside; they are loaded first, because only loaded ones can be told.

    joblib is told the number of cores, because it warns where it cannot count them (containers, emulated machines).
    """
    load_models()
    from threadpoolctl import threadpool_limits

    before = os.environ.get(_COUNT)
    os.environ[_COUNT] = "1"
    try:
        with threadpool_limits(1):
            yield
    finally:
        del os.environ[_COUNT]
        if before is not None:
            os.environ[_COUNT] = before
