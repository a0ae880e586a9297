"""What an organisation chooses about the reading of text."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from evaluation.strict import Strict


class TextOptions(Strict):
    """Whether models read what people wrote, and whether it is printed; on wherever there is text (docs/text.md)."""

    topics: Annotated[
        bool, Field(description="Estimate topics of tickets that carry none, in a table of their own.")
    ] = True
    sentiment: Annotated[
        bool, Field(description="Estimate the sentiment of comments and reviews that carry no rating.")
    ] = True
    comments: Annotated[
        bool, Field(description="Print a few comments of low and high ratings in the report, personal details masked.")
    ] = True
