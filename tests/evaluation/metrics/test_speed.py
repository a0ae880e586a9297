"""Measuring stays fast: a generous bound on processor time, so that a blow-up is seen and a busy machine is not."""

import pytest

from bench.measuring import measured


@pytest.mark.slow
def test_the_whole_catalogue_over_sixty_thousand_tickets_takes_seconds():
    measured(100)
    _, busy, rows = measured(60_000)
    assert rows > 100_000
    assert busy < 12
