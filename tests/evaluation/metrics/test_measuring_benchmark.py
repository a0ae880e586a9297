"""The benchmark of measuring runs over the whole catalogue; how long it takes is told by `make bench`, not here."""

from bench.made_up_facts import read, write
from bench.measuring import PERIOD, WAYS, fact_rows, table
from evaluation.measurement import Absent
from evaluation.metrics import measure


def test_the_made_up_facts_have_cases_for_every_metric(tmp_path, bench):
    write(tmp_path, 3_000)
    found = measure(read(tmp_path), bench.settings(), PERIOD).frame
    whole = found[(found["period_id"] == PERIOD.id) & (found["dimension"] == "all")]
    lacking = set(whole.loc[whole["reason"].isin([Absent.NO_SOURCE, Absent.NO_EVENTS]), "metric_id"])
    assert lacking == set()
    assert len(found) > 50_000
    assert fact_rows(tmp_path) > 20_000


def test_each_way_runs_and_is_told(tmp_path):
    write(tmp_path, 500)
    figures = {way: ready()(tmp_path) for way, ready in WAYS.items()}
    assert figures["pandas"] > 1_000
    assert figures["engine"] > 20_000
    own = {"seconds": 2.0, "busy": 1.0, "process": 3.0, "peak": 0.5, "figures": 0}
    assert (
        table({500: {"scan": own}}, {500: 4_000})[-1] == "| 500 | 4,000 | scan | 2.0 | 1.0 | 3.0 | 0.5 | 2,000 |  | 0 |"
    )
