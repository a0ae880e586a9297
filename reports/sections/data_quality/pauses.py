"""The line on pauses of promised clocks that deserve a question: teams only, and a question, not a verdict."""

from __future__ import annotations

from collections import Counter

from evaluation.assessment import Assessment
from reports.broken_down import rows_of
from reports.document import Prose
from reports.formats import number
from reports.language import Language
from reports.names import member_name

MOST_TEAMS = 6
"""Teams that are named: those with most pauses, not those with most doubts, which would be a rank."""


def doubtful_line(assessment: Assessment, language: Language) -> Prose | None:
    """In how many pauses customers wrote or little time was left, and in which teams; None when in none."""
    rows = rows_of(assessment, "pauses_in_doubt")
    written, late = (sum(row[name] for row in rows) for name in ("written", "last_minute"))
    if not written + late:
        return None
    line = language.ngettext(
        "The clock of a promise was paused {n} time: {written} with a message of the customer during the pause, {late} "
        "begun with little of the promised time left.",
        "The clock of a promise was paused {n} times: {written} with a message of the customer during the pause, "
        "{late} begun with little of the promised time left.",
        sum(row["pauses"] for row in rows), written=number(written, language), late=number(late, language),
    )  # fmt: skip
    doubts, pauses = Counter[str](), Counter[str]()
    for row in rows:
        pauses[str(row["team"])] += row["pauses"]
        doubts[str(row["team"])] += row["written"] + row["last_minute"]
    largest = sorted((team for team in doubts if doubts[team]), key=lambda team: (-pauses[team], team))[:MOST_TEAMS]
    names = {team: member_name("team", team, language) for team in largest}
    told = ", ".join(
        f"{names[team]} ({number(doubts[team], language)})"
        for team in sorted(names, key=lambda one: names[one].casefold())
    )
    teams = language.gettext("By team, in alphabetical order: {teams}. That is a question to ask, not a verdict.",
                             teams=told)  # fmt: skip
    return Prose(language.gettext("Pauses in doubt"), (f"{line} {teams}",))
