"""What counts as coming back, and as passing a ticket up: the organisation's choices about contacts."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from evaluation.strict import Strict


class ContactOptions(Strict):
    """Choices about contacts: tickets, and calls without a ticket."""

    repeat_within_days: Annotated[
        float,
        Field(
            gt=0, le=90, description="A contact less than so many days after an earlier one, or a solve, is a return."
        ),
    ] = 7
    escalation_teams: Annotated[
        list[str],
        Field(description="Teams to which tickets are passed up; handing a ticket over to one of them escalates it."),
    ] = []
