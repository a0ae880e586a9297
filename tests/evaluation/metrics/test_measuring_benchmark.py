"""The benchmark of measuring runs over the whole catalogue; how long it takes is told by `make bench`, not here."""

from bench.measuring import measured


def test_the_benchmark_measures_every_dimension_and_period():
    _, _, rows = measured(2_000)
    assert rows > 50_000
