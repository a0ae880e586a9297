"""Settings of a source of audit worksheets."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, field_validator

from evaluation.strict import or_one
from tasks.sources.base import SourceSettings
from tasks.sources.mapping import TableMapping

COLUMNS = (
    "audit_id", "kind", "scorecard_id", "scorecard_version", "criterion_id", "audited_at", "mark", "is_not_applicable",
    "ticket_id", "call_id", "agent_id", "team_id", "branch_id", "auditor_id", "is_calibration", "is_blind",
    "root_cause", "comment",
)  # fmt: skip
"""Columns of a record of a finished row: one for each of its criteria, named as they are in the table of audits."""

STATE = ("is_begun", "is_finished", "is_copy")
"""Columns that say what became of a row; an unfinished one is a single record."""

_MAPPING = TableMapping.model_validate(
    {
        "table": "audits",
        "where": {
            "is_begun": {"equals": "yes", "reason": "audit not begun"},
            "is_finished": {"equals": "yes", "reason": "audit not finished"},
            "is_copy": {"equals": "no", "reason": "mark of an audit that stands in another copy as well"},
        },
        "columns": {
            name: {"from": name, "is_whole_key": True} if name in ("ticket_id", "call_id") else name for name in COLUMNS
        },
    }
)


class AuditWorksheetConfig(SourceSettings):
    """Audit worksheets that `service-review sample` wrote and auditors filled in; they need no mapping."""

    may_be_empty: ClassVar[bool] = True

    kind: Annotated[Literal["audit_worksheet"], Field(description="A source of filled audit worksheets.")] = (
        "audit_worksheet"
    )
    files: Annotated[
        tuple[str, ...],
        Field(
            min_length=1,
            description="Worksheets or glob patterns, relative to review.yaml; none need be there yet.",
            json_schema_extra=or_one,
        ),
    ]
    tables: Annotated[
        tuple[TableMapping, ...], Field(description="Leave it out: a worksheet says itself what its columns are.")
    ] = (_MAPPING,)

    @field_validator("files", mode="before")
    @classmethod
    def _one_or_many(cls, given: Any) -> Any:
        return (given,) if isinstance(given, str) else given

    @field_validator("tables")
    @classmethod
    def _no_mapping(cls, given: tuple[TableMapping, ...]) -> tuple[TableMapping, ...]:
        if given != (_MAPPING,):
            raise ValueError("a worksheet says itself what its columns are; remove `tables`")
        return given
