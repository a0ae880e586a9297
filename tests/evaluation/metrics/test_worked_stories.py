"""Every worked story says what the engine computes, and every metric outside the ten tickets has one."""

import pandas as pd
import pytest

from evaluation.facts.deriving import derive
from evaluation.fields import FIELDS
from evaluation.measurement import Measurements
from evaluation.metrics import measure
from evaluation.metrics.catalogue import variants_by_id
from evaluation.metrics.worked_stories import STORIES
from evaluation.metrics.worked_story import Story
from evaluation.period import Period
from evaluation.settings import Settings
from evaluation.tables import Tables

CUT = pd.Timestamp("2026-08-20", tz="UTC").to_pydatetime()
CASES = [(story, metric_id, variant) for story in STORIES for metric_id, variant in story.examples]


def measured(story: Story, metric_id: str, variant: str | None) -> Measurements:
    """July of a story."""
    frames = {}
    for name, rows in story.tables.items():
        frame = pd.DataFrame(list(rows))
        for column in frame.columns:
            if FIELDS[column].dtype == "instant":
                frame[column] = pd.to_datetime(frame[column], utc=True, format="ISO8601")
        frames[name] = frame
    options = {**dict(story.settings.get("metrics", {})), metric_id: {"variant": variant}}
    settings = Settings.model_validate(
        {
            "organisation": {"name": "Northwind Care", "time_zone": "UTC"},
            "calendars": {"default": {"hours": {"mon-fri": ["09:00-17:00"]}}},
            **story.settings,
            "metrics": options,
        }
    )
    facts = derive(Tables.from_frames(frames), settings, CUT)
    return measure(facts, settings, Period.parse("2026-07", zone="UTC"), only=[metric_id])


@pytest.mark.parametrize(
    ("story", "metric_id", "variant"), CASES, ids=[f"{case[1]}-{case[2] or 'only'}" for case in CASES]
)
def test_story_is_true(story: Story, metric_id: str, variant: str | None):
    example = story.examples[metric_id, variant]
    row = measured(story, metric_id, variant).get(metric_id, "2026-07", statistic=example.statistic)
    assert (row.value, row.n) == (pytest.approx(example.value, rel=1e-9), example.n)


def test_examples_are_of_metrics_that_exist():
    known = {(name, one.metric.variant) for name, variants in variants_by_id().items() for one in variants}
    assert {(case[1], case[2]) for case in CASES} <= known
