"""One thread for the models of text: the same sums in the same order, and no waiting for cores that others use."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def one_thread() -> Iterator[None]:
    """Numeric libraries run on one thread inside; they are loaded first, because only loaded ones can be told."""
    import sklearn.cluster
    import sklearn.linear_model  # noqa: F401
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1):
        yield
