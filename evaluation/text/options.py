"""What an organisation chooses about the reading of text."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from evaluation.strict import Strict


class TextOptions(Strict):
    """Whether models read what people wrote; on wherever there is text to read (docs/text.md)."""

    topics: Annotated[
        bool, Field(description="Estimate topics of tickets that carry none, in a table of their own.")
    ] = True
    sentiment: Annotated[
        bool, Field(description="Estimate the sentiment of comments and reviews that carry no rating.")
    ] = True
