"""From an assessment to a document: every section is written in one language, in order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType

import pandas as pd

from evaluation.assessment import Assessment
from reports.arrangement import following
from reports.csv_export import as_csv
from reports.document import Attachment, Document, Missing, Section
from reports.formats import period
from reports.language import Language
from reports.names import cleaned
from reports.section import AGENTS_LEFT_OUT, MEMBERS_FILE, Material, section_kinds

METRICS_FILE = "metrics.csv"


def compose(
    assessment: Assessment,
    *,
    language: str,
    options: Mapping[str, str | None] = MappingProxyType({}),
    record: Mapping[str, str] = MappingProxyType({}),
    files: tuple[str, ...] = (),
) -> Document:
    """The report in words.

    Args:
        assessment: What is known.
        language: Two letters, for example `pl`.
        options: `title` (None: the default title), `confidentiality` (`internal`, `confidential`, `public`
            or the organisation's own words) and `agents` (`left_out`: no agent is named, in the attached table either).
        record: What the caller knows about the edition (`edition`, digests, versions); printed on the last page.
        files: Names of files beside the report that hold every measurement; a table that is cut names the first.

    Returns:
        The document; a section without data is in `missing`, with the reason.

    Raises:
        ConfigError: There is no such language.
        RenderError: The assessment says something that the report has no words for.
    """
    words = Language.named(language)
    parts: list[Section | Missing] = []
    for kind in section_kinds():
        material = Material(
            assessment=assessment,
            language=words,
            options=options,
            record=record,
            files=files or (METRICS_FILE,),
            earlier=tuple(parts),
        )
        parts.append(kind.build(material))
    title = cleaned(options.get("title") or "") or words.gettext("Customer service review")
    when = period(assessment.period.id, words)
    return Document(
        language=language,
        title=title,
        organisation=cleaned(assessment.organisation),
        period=when,
        header=f"{title} · {when}",
        footer=_footer(assessment, options, record, words),
        created=assessment.cut,
        sections=following(part for part in parts if isinstance(part, Section)),
        missing=tuple(part for part in parts if isinstance(part, Missing)),
        attachments=tuple(_attachments(assessment, words, has_agents=options.get("agents") != AGENTS_LEFT_OUT)),
    )


def _attachments(assessment: Assessment, words: Language, *, has_agents: bool) -> Iterator[Attachment]:
    """The measurements, and the comparison of members when there is one."""
    yield Attachment(
        METRICS_FILE,
        as_csv(_behind_the_report(assessment, has_agents=has_agents)),
        words.gettext("All measurements behind the figures of the report"),
    )
    members = assessment.breakdowns.get("member_comparison")
    if members is not None and members.reason is None:
        frame = members.frame if has_agents else members.frame[members.frame["dimension"] != "agent"]
        about = words.gettext("Every number behind the comparison of teams, branches and agents")
        yield Attachment(MEMBERS_FILE, as_csv(frame), about)


def _behind_the_report(assessment: Assessment, *, has_agents: bool) -> pd.DataFrame:
    """The period, the one before and the year before in every dimension; the months for the whole service."""
    frame, period = assessment.measurements.frame, assessment.period
    compared = [period.id, period.previous().id, period.same_last_year().id]
    shown = frame[frame["period_id"].isin(compared) | (frame["dimension"] == "all")]
    if has_agents:
        return shown
    by_agent = [name for name in shown["dimension"].unique() if "agent" in name.split("+")]
    return shown[~shown["dimension"].isin(by_agent)]


def _footer(
    assessment: Assessment, options: Mapping[str, str | None], record: Mapping[str, str], words: Language
) -> str:
    parts = [cleaned(assessment.organisation)]
    if (secrecy := options.get("confidentiality")) is not None:
        known = {
            "internal": words.gettext("for internal use"),
            "confidential": words.gettext("confidential"),
            "public": words.gettext("public"),
        }
        parts.append(known.get(secrecy, cleaned(secrecy)))
    if edition := record.get("edition"):
        parts.append(words.gettext("edition {edition}", edition=cleaned(edition)))
    return " · ".join(parts)
