"""Reading the small tables behind the metrics for a page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from evaluation.assessment import Assessment


def rows_of(assessment: Assessment, breakdown_id: str) -> tuple[Mapping[str, Any], ...]:
    """The rows of a breakdown in its order, what is not known as None; none when there is no such breakdown."""
    found = assessment.breakdowns.get(breakdown_id)
    if found is None:
        return ()
    return tuple(
        {str(name): _plain(value) for name, value in row.items()} for row in found.frame.to_dict(orient="records")
    )


def facts_of(assessment: Assessment, breakdown_id: str) -> Mapping[str, float | int | str]:
    """The single values that belong to a breakdown; none when there is no such breakdown."""
    found = assessment.breakdowns.get(breakdown_id)
    return {} if found is None else found.facts


def _plain(value: object) -> object:
    return None if pd.api.types.is_scalar(value) and pd.isna(value) else value
