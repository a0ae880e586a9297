"""The part of `review.yaml` about surveys: who is credited for what customers answer."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from evaluation.strict import Strict

Credited = Literal["assignee", "most_replies"]


class SurveyCredit(Strict):
    """Whose an answer about a ticket is, among agents.

    Example:
        >>> SurveyCredit().credited
        'assignee'
    """

    credited: Annotated[
        Credited,
        Field(
            description="`assignee`: the agent whom the survey itself names, else the ticket's assignee at the rating. "
            "`most_replies`: the author of most public replies to the ticket by the rating, messages of one sitting "
            "counted once; of several with as many, whoever replied last, then the first by name. Where no replies "
            "are known it is the same as `assignee`."
        ),
    ] = "assignee"
