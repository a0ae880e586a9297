"""The whole of `review.yaml` as a strict model: the domain's settings, the sources, the report, delivery."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, field_validator

from evaluation.settings import Settings
from evaluation.strict import Strict
from tasks.engine import DuckDBEngine, EngineConfig
from tasks.sources.source import SourceConfig

Language = Literal["en", "ru", "pl"]


class ReportOptions(Strict):
    """How the report looks."""

    title: Annotated[str | None, Field(description="Title on the cover; the language's own when left out.")] = None
    languages: Annotated[list[Language], Field(min_length=1, description="One PDF for each.")] = ["en"]
    confidentiality: Annotated[
        Literal["internal", "confidential", "public"], Field(description="Printed at the foot of every page.")
    ] = "internal"
    agents: Annotated[
        bool,
        Field(description="Whether agents are compared by name; without them the report and its table have none."),
    ] = True


class FolderDelivery(Strict):
    """A folder that receives a copy of the report."""

    path: Annotated[str, Field(min_length=1, description="Relative to review.yaml, or absolute.")]
    languages: Annotated[list[Language] | None, Field(description="Which languages; all when left out.")] = None
    withheld: Annotated[bool, Field(description="Also receives editions that are withheld (operations only).")] = False


class DeliveryOptions(Strict):
    """Who gets the report."""

    folders: Annotated[list[FolderDelivery], Field(description="Folders that receive a copy of each edition.")] = []


class Review(Settings):
    """One organisation's `review.yaml`."""

    sources: Annotated[list[SourceConfig], Field(min_length=1, description="Where the records come from.")]
    report: Annotated[ReportOptions, Field(description="Title, languages, confidentiality.")] = ReportOptions()
    delivery: Annotated[DeliveryOptions, Field(description="Where copies of the report go.")] = DeliveryOptions()
    archive: Annotated[str, Field(min_length=1, description="Folder of the editions, relative to review.yaml.")] = (
        "archive"
    )
    engine: Annotated[EngineConfig, Field(description="Where metrics are computed; the figures are the same.")] = (
        DuckDBEngine()
    )

    @field_validator("sources")
    @classmethod
    def _distinct(cls, sources: list[SourceConfig]) -> list[SourceConfig]:
        ids = [source.id for source in sources]
        twice = sorted({name for name in ids if ids.count(name) > 1})
        if twice:
            raise ValueError(f"two sources have the id {twice[0]!r}; ids prefix the keys, so give each its own")
        return sources

    @property
    def settings(self) -> Settings:
        """The domain's part alone."""
        return Settings.model_construct(**{name: getattr(self, name) for name in Settings.model_fields})
