"""What a worksheet of audits says of itself: which draw it belongs to, which cases, scorecards and words it holds.

The record travels inside the worksheet, so that a filled one can be read in any language and by any later version of
`review.yaml`, and so that a case that was changed, added or taken out is noticed.
"""

from __future__ import annotations

import hashlib
import json
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, get_args

from evaluation.errors import ConfigError
from evaluation.scorecard import AuditKind

if TYPE_CHECKING:
    from evaluation.audit_population import Case
    from evaluation.audit_sampling import AuditSample
    from evaluation.scorecard import Criterion, ScorecardConfig
    from evaluation.settings import Settings

LAYOUT = 1
"""Version of the record; a worksheet of another one is refused."""

RECORD_SHEET = "service-review"
"""The hidden sheet that holds the record, a line in each row of its first column."""

AUDIT_KINDS = {"tickets": "correspondence", "calls": "call"}
"""The kind of audit by the kind of case."""

_MOST_MARKS = 21
"""Longest drop-down list; on a longer scale, or one of broken numbers, any mark in between is allowed."""

_LONGEST_TEXT = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkedCriterion:
    """One column of marks.

    Attributes:
        id: The criterion.
        label: Header of the column.
        lowest: Lowest mark.
        highest: Highest mark.
        is_whole: Whether marks are whole numbers, chosen from a list.
        may_not_apply: Whether the words for "not applicable" are allowed.
    """

    id: str
    label: str
    lowest: float
    highest: float
    is_whole: bool
    may_not_apply: bool

    @property
    def marks(self) -> tuple[int, ...]:
        """The marks to choose from; none when any number between the ends is one.

        Example:
            >>> MarkedCriterion(id="g", label="Greeting", lowest=1, highest=3, is_whole=True, may_not_apply=True).marks
            (1, 2, 3)
        """
        return tuple(range(int(self.lowest), int(self.highest) + 1)) if self.is_whole else ()


@dataclass(frozen=True, slots=True, kw_only=True)
class WorksheetPage:
    """One sheet: the cases of one scorecard.

    Attributes:
        name: Name of the sheet.
        kind: `correspondence` or `call`.
        scorecard: Its id.
        version: Its version.
        header_row: Row of the headers, counted from 1.
        columns: Headers of the columns that are no criteria, by what they hold: `case`, `agent`, `auditor`,
            `audited_at`, `comment`, `root_cause`.
        criteria: The columns of marks.
        not_applicable: The words for "not applicable".
        root_causes: Causes to choose from; any words when empty.
    """

    name: str
    kind: str
    scorecard: str
    version: str
    header_row: int
    columns: Mapping[str, str]
    criteria: tuple[MarkedCriterion, ...]
    not_applicable: str
    root_causes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class WorksheetCase:
    """One row to be filled in.

    Attributes:
        page: Name of its sheet.
        id: Key of the ticket or call.
        happened_on: Day on which it was solved or answered, in the organisation's zone.
        agent: Whose work is audited.
        team: Its team.
        branch: Its branch.
    """

    page: str
    id: str
    happened_on: date
    agent: str | None
    team: str | None
    branch: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class WorksheetRecord:
    """All that a worksheet says of itself.

    Attributes:
        draw: `AuditSample.draw_id`.
        digest: `AuditSample.digest`.
        period: The period of the cases.
        zone: The organisation's zone, in which its dates are.
        auditor: 1 for the first auditor's worksheet, 2 for the second's.
        pages: Its sheets.
        cases: Its rows.
    """

    draw: str
    digest: str
    period: str
    zone: str
    auditor: int
    pages: tuple[WorksheetPage, ...]
    cases: tuple[WorksheetCase, ...]

    def lines(self) -> tuple[str, ...]:
        """The record as lines of JSON, the last of which is a checksum of the others."""
        head = {"service_review_worksheet": LAYOUT, "draw": self.draw, "digest": self.digest, "period": self.period,
                "zone": self.zone, "auditor": self.auditor}  # fmt: skip
        content = [head, *({"page": asdict(page)} for page in self.pages)]
        content += [{"case": {**asdict(case), "happened_on": case.happened_on.isoformat()}} for case in self.cases]
        texts = [json.dumps(one, ensure_ascii=False, sort_keys=True) for one in content]
        return (*texts, json.dumps({"checksum": _checksum(texts)}))

    @classmethod
    def from_lines(cls, lines: Sequence[str]) -> WorksheetRecord:
        """The record that `lines` hold.

        Raises:
            ValueError: They are no record, or not as they were written.
        """
        try:
            content = [json.loads(line) for line in lines]
            head, rest, foot = content[0], content[1:-1], content[-1]
            if head["service_review_worksheet"] != LAYOUT:
                raise ValueError(f"it is of layout {head['service_review_worksheet']}, this version reads {LAYOUT}")
            if foot["checksum"] != _checksum(lines[:-1]):
                raise ValueError("it was changed after it was written")
            return cls(
                draw=head["draw"], digest=head["digest"], period=head["period"], zone=head["zone"],
                auditor=head["auditor"], pages=tuple(_page(one["page"]) for one in rest if "page" in one),
                cases=tuple(_case(one["case"]) for one in rest if "case" in one),
            )  # fmt: skip
        except (LookupError, TypeError, json.JSONDecodeError) as error:
            raise ValueError("it is not whole") from error


def _checksum(lines: Sequence[str]) -> str:
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _page(given: dict[str, Any]) -> WorksheetPage:
    criteria = tuple(MarkedCriterion(**one) for one in given["criteria"])
    return WorksheetPage(**{**given, "criteria": criteria, "root_causes": tuple(given["root_causes"])})


def _case(given: dict[str, Any]) -> WorksheetCase:
    return WorksheetCase(**{**given, "happened_on": date.fromisoformat(given["happened_on"])})


def scorecard_for(settings: Settings, kind: str, day: date) -> ScorecardConfig:
    """The scorecard by which audits of a kind are marked on a day.

    Those whose `kind` it is, else those whose `id` it is, else the only one there is when its `id` is no kind; of its
    versions in force the one that came into force last.

    Args:
        settings: What the organisation agreed.
        kind: `correspondence` or `call`.
        day: In the organisation's zone.

    Raises:
        ConfigError: There is none, or several came into force together.
    """
    cards = [card for card in settings.scorecards if card.kind == kind]
    cards = cards or [card for card in settings.scorecards if card.kind is None and card.id == kind]
    if not cards and len({card.id for card in settings.scorecards}) == 1:
        cards = [card for card in settings.scorecards if card.kind is None and card.id not in get_args(AuditKind)]
    if not cards:
        raise ConfigError(
            f"there is no scorecard for audits of kind {kind}", where="scorecards",
            remedy=f"add one with `kind: {kind}`: an id, a scale such as {{min: 1, max: 5}} and criteria",
        )  # fmt: skip
    in_force = [card for card in cards if card.is_in_force(day)]
    latest = max((card.from_ or date.min for card in in_force), default=date.min)
    newest = [card for card in in_force if (card.from_ or date.min) == latest]
    if len(newest) == 1:
        return newest[0]
    names = ", ".join(f"{card.id} {card.version or ''}".strip() for card in newest or cards)
    one = "it is not said which one of them applies" if newest else "none of them is in force"
    raise ConfigError(
        f"audits of kind {kind} have the scorecards {names}, and on {day} {one}", where="scorecards",
        remedy="give each version its days with `from` and `until`",
    )  # fmt: skip


def version_of(card: ScorecardConfig) -> str:
    """What audits name as the version of their scorecard: its own, else its first day, else 1."""
    return card.version or (card.from_.isoformat() if card.from_ is not None else "1")


def marked_criteria(card: ScorecardConfig, language: str) -> tuple[MarkedCriterion, ...]:
    """The columns of marks of a scorecard, their headers told apart where two criteria have one name.

    Example:
        >>> from evaluation.scorecard import ScorecardConfig
        >>> card = ScorecardConfig.model_validate(
        ...     {"id": "letter", "scale": {"min": 0, "max": 1}, "criteria": [{"id": "greeting"}, {"id": "farewell"}]})
        >>> [(one.label, one.marks) for one in marked_criteria(card, "en")]
        [('greeting', (0, 1)), ('farewell', (0, 1))]
    """
    labels = [criterion.called(language) for criterion in card.criteria]
    return tuple(
        _marked(card, criterion, label if labels.count(label) == 1 else f"{label} ({criterion.id})")
        for criterion, label in zip(card.criteria, labels, strict=True)
    )


def _marked(card: ScorecardConfig, criterion: Criterion, label: str) -> MarkedCriterion:
    scale = card.scale_of(criterion)
    ends_are_whole = float(scale.min).is_integer() and float(scale.max).is_integer()
    return MarkedCriterion(
        id=criterion.id, label=" ".join(label.split()), lowest=scale.min, highest=scale.max,
        is_whole=ends_are_whole and scale.max - scale.min < _MOST_MARKS, may_not_apply=not criterion.always_applies,
    )  # fmt: skip


def cases_of(sample: AuditSample, auditor: int, kind: str) -> tuple[Case, ...]:
    """The cases of a kind that one auditor marks, in the order of the worksheet."""
    return tuple(case for case in (sample.cases if auditor == 1 else sample.second) if case.kind == kind)


def cell_text(text: str) -> str:
    r"""A text as it stands in a cell: one line, without signs that a workbook cannot hold.

    Example:
        >>> cell_text(" =SUM(A1)\x07\n next ")
        '=SUM(A1) next'
    """
    shown = "".join(" " if unicodedata.category(sign) == "Cc" else sign for sign in text)
    shown = "".join(sign for sign in shown if unicodedata.category(sign) not in ("Cs", "Cn"))
    return " ".join(shown.split())[:_LONGEST_TEXT]
