"""The facts of surveys: answers given by cut, with the dimensions of their ticket or call."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import ibis

from evaluation.errors import DataError
from evaluation.facts.shapes import DIMENSION_COLUMNS
from evaluation.facts.vocabulary import NO_INSTANT, NO_NUMBER, NO_TEXT, flag, instant

if TYPE_CHECKING:
    from ibis.expr import types as ir

    from evaluation.facts.describing import Descriptions
    from evaluation.tables import Tables

_KEPT_EXCLUSIONS = ("spam", "test")
_LINKS = ("ticket_id", "team", "branch", "topic", "priority", "channel", "agent", "requester")


def refuse_unturnable(tables: Tables) -> None:
    """Refuse a reversed answer that has no scale to be turned on.

    Raises:
        DataError: Names one such survey.
    """
    surveys = tables["surveys"]
    bad = surveys.filter(
        surveys.is_reversed & surveys.score.notnull() & (surveys.scale_min.isnull() | surveys.scale_max.isnull())
    )
    found = bad.agg(cases=bad.count(), example=bad.survey_id.min()).to_pyarrow().to_pylist()[0]
    if found["cases"]:
        raise DataError(
            f"{found['cases']} reversed answers have no scale, for example survey {found['example']}",
            where="surveys.scale_min, surveys.scale_max",
            remedy="map the lowest and highest point of the scale, so that the answer can be turned",
        )


def answers(tables: Tables, cut: datetime) -> ir.Table:
    """One row per survey known at cut: an answer after cut is not there yet, of several the latest counts.

    `first_answered_at` is when a re-rated survey was first answered with a score or a comment, `first_score` what was
    answered then: whether it was answered in time does not change when somebody rates again.

    Re-rated: rows with one `survey_id`, or of one ticket, kind, requester and asking, are one survey; those answered
    last count (several questions answered at once all do). What says less displaces nothing: the last with a score
    counts, without any the last with a comment, without any the last. Comments that came later without a score are
    said with it.
    """
    return _rated_last(_once_each(_in_sight(tables["surveys"], cut)))


def _in_sight(given: ir.Table, cut: datetime) -> ir.Table:
    """The surveys sent by cut; what was answered later is not there yet, and a score without an answer is none."""
    is_later = (given.answered_at > instant(cut)).fill_null(False)
    answered_at = ibis.ifelse(is_later, NO_INSTANT, given.answered_at)
    asked_at = ibis.coalesce(given.asked_at, answered_at)
    known = given.mutate(
        answered_at=answered_at, was_asked_at=given.asked_at, asked_at=asked_at,
        score=ibis.ifelse(answered_at.notnull(), given.score, NO_NUMBER),
        comment=ibis.ifelse(is_later, NO_TEXT, given.comment),
    )  # fmt: skip
    return known.filter(known.asked_at <= instant(cut))


def _once_each(known: ir.Table) -> ir.Table:
    """One row for each `survey_id`, the one that counts, with when and what was answered first."""
    said_at = ibis.ifelse(_says_something(known), known.answered_at, NO_INSTANT)
    known = known.mutate(row_first_at=said_at.min().over(ibis.window(group_by=known.survey_id)))
    known = _with_latest(
        _with_first(known, "row_first_score", ("answered_at", "score"), ("survey_id",)), ("survey_id",)
    )
    once = ibis.window(group_by=known.survey_id, order_by=[
        (known.answered_at != known.latest_at).fill_null(True), known.score.isnull(), known.asked_at.desc(),
        known.score.desc(), known.comment.fill_null("").desc(),
    ])  # fmt: skip
    single = known.mutate(number=ibis.row_number().over(once)).filter(ibis._.number == 0)
    return single.mutate(comment=_both(single.comment, single.added)).drop("number", "latest_at", "added")


def _rated_last(single: ir.Table) -> ir.Table:
    """Of the surveys of one asking about one ticket those that count; the others only say what was said first.

    One that is not answered at cut stays only while none of its asking is: a later rating is no survey sent again.
    """
    asking = ("ticket_id", "kind", "requester_id", "was_asked_at")
    single = _with_first(single, "earliest_score", ("row_first_at", "row_first_score"), asking)
    same = ibis.window(group_by=[single[name] for name in asking])
    latest = _with_latest(single.mutate(first_at=single.row_first_at.min().over(same)), asking)
    alone = latest.ticket_id.isnull() | latest.latest_at.isnull()
    is_again = ~alone & (latest.first_at < latest.row_first_at)
    kept = latest.mutate(
        first_answered_at=ibis.ifelse(alone, latest.row_first_at, latest.first_at),
        first_score=ibis.ifelse(is_again, latest.earliest_score, latest.row_first_score),
        is_asking_known=latest.was_asked_at.notnull(),
        comment=ibis.ifelse(alone, latest.comment, _both(latest.comment, latest.added)),
    ).filter(alone | (latest.answered_at == latest.latest_at))
    return kept.drop(
        "latest_at", "added", "first_at", "earliest_score", "row_first_at", "row_first_score", "was_asked_at"
    )


def _with_latest(table: ir.Table, group: tuple[str, ...]) -> ir.Table:
    """With `latest_at`, when the answer that counts was given, and `added`, the last comment without a score after it.

    The answer that counts is the last with a score; without any, the last that says something; without any, the last.
    """
    own = ibis.window(group_by=[table[column] for column in group])
    is_unscored = table.score.isnull() & _says_something(table)
    timed = table.mutate(
        scored_at=ibis.ifelse(table.score.notnull(), table.answered_at, NO_INSTANT).max().over(own),
        said_at=ibis.ifelse(is_unscored, table.answered_at, NO_INSTANT).max().over(own),
        latest_at=table.answered_at.max().over(own),
    )
    is_last = (timed.answered_at == timed.said_at) & (timed.said_at > timed.scored_at) & timed.score.isnull()
    own = ibis.window(group_by=[timed[column] for column in group])
    told = timed.mutate(
        latest_at=ibis.coalesce(timed.scored_at, timed.said_at, timed.latest_at),
        added=ibis.ifelse(is_last.fill_null(False), timed.comment, NO_TEXT).max().over(own),
    )
    return told.drop("scored_at", "said_at")


def _both(comment: ir.StringColumn, added: ir.StringColumn) -> ir.StringColumn:
    """A comment and what was added to it later; a repetition is said once."""
    return ibis.ifelse((comment != added).fill_null(False), comment + " / " + added, ibis.coalesce(comment, added))


def _says_something(surveys: ir.Table) -> ir.BooleanColumn:
    """Whether an answer is one: blank, or a code of "not applicable", is none; forms ask for no score."""
    return surveys.score.notnull() | surveys.comment.notnull() | (surveys.kind == "form")


def _with_first(table: ir.Table, name: str, answer: tuple[str, str], group: tuple[str, ...]) -> ir.Table:
    """With the first score of each group; `answer` names the columns of its moment and its score."""
    at, score = (table[column] for column in answer)
    keys = [table[column] for column in group]
    numbered = table.mutate(
        number=ibis.row_number().over(ibis.window(group_by=keys, order_by=[score.isnull(), at.isnull(), at, score]))
    )
    chosen = ibis.ifelse(numbered.number == 0, numbered[answer[1]], NO_NUMBER)
    own = ibis.window(group_by=[numbered[column] for column in group])
    return numbered.mutate(**{name: chosen.max().over(own)}).drop("number")


def linked(
    tables: Tables,
    surveys: ir.Table,
    tickets: ir.Table | None,
    described: Descriptions | None,
    sittings: ir.Table | None,
) -> ir.Table:
    """With the dimensions of the survey itself, else of its call, else of its ticket.

    The agent is the survey's own, else the ticket's assignee at the rating (at the asking while unanswered), else the
    call's agent, else whoever the ticket is credited to. With `sittings` (as in `waits.sittings`) the author of most
    replies by then comes before all of them; None where the organisation credits the assignee. The requester is the
    survey's own, else who called, else who wrote the ticket: most help desks keep a rating with its ticket and do not
    repeat whose it is.
    """
    empty = {f"call_{name}": NO_TEXT for name in _LINKS}
    table = _with_call(tables, surveys) if "calls" in tables else surveys.mutate(**empty)
    table = table.mutate(
        is_linked=table.ticket_id.notnull() | table.call_id.notnull(),
        ticket_id=ibis.coalesce(table.ticket_id, table.call_ticket_id),
    )
    if tickets is None or described is None:
        table = table.mutate(
            **{f"ticket_{name}": NO_TEXT for name in (*DIMENSION_COLUMNS, "exclusion", "requester")}, assignee=NO_TEXT
        )
    else:
        table = _with_ticket(table, tickets, described)
    table = table.mutate(replier=NO_TEXT) if sittings is None else _with_replier(table, sittings)
    return table.mutate(
        channel=ibis.coalesce(table.ticket_channel, table.call_channel),
        team=ibis.coalesce(table.team_id, table.call_team, table.ticket_team),
        branch=table.ticket_branch,
        topic=ibis.coalesce(table.call_topic, table.ticket_topic),
        priority=table.ticket_priority,
        agent=ibis.coalesce(table.replier, table.agent_id, table.assignee, table.call_agent, table.ticket_agent),
        requester_id=ibis.coalesce(table.requester_id, table.call_requester, table.ticket_requester),
        exclusion=ibis.ifelse(table.ticket_exclusion.isin(_KEPT_EXCLUSIONS), table.ticket_exclusion, NO_TEXT),
    )


def _with_call(tables: Tables, surveys: ir.Table) -> ir.Table:
    calls = tables["calls"].select(
        called_id="call_id",
        call_ticket_id="ticket_id",
        call_team="team_id",
        call_topic="topic",
        call_agent="agent_id",
        call_requester="requester_id",
    )
    joined = surveys.left_join(calls, surveys.call_id == calls.called_id)
    called = joined.called_id.notnull()
    return joined.mutate(call_channel=ibis.ifelse(called, "phone", NO_TEXT)).drop("called_id")


def _with_ticket(table: ir.Table, tickets: ir.Table, described: Descriptions) -> ir.Table:
    names = (*DIMENSION_COLUMNS, "exclusion")
    rated = tickets.select(
        rated_id="ticket_id", ticket_requester="requester_id", **{f"ticket_{name}": name for name in names}
    )
    joined = table.left_join(rated, table.ticket_id == rated.rated_id).drop("rated_id")
    moment = joined.mutate(moment=ibis.coalesce(joined.answered_at, joined.asked_at))
    return described.at("assigned", moment, "moment", "assignee")


def _with_replier(table: ir.Table, sittings: ir.Table) -> ir.Table:
    """With `replier`, the author of most replies to the ticket by the rating (by the asking while unanswered).

    Of several with as many replies whoever wrote last, then the first by name; null when no author is known.
    """
    table = table.view()  # closes the joins that are still open, because this one is asked of the outcome
    moments = table.select("survey_id", "ticket_id", moment=ibis.coalesce(table.answered_at, table.asked_at))
    said = sittings.filter(sittings.actor_id.notnull()).select(
        "at", "begins", written_to="ticket_id", author="actor_id"
    )
    by_then = moments.inner_join(said, [moments.ticket_id == said.written_to, said["at"] <= moments.moment])
    authors = by_then.group_by("survey_id", "author").agg(replies=flag(by_then.begins).sum(), last=by_then["at"].max())
    first = ibis.window(
        group_by=authors.survey_id, order_by=[authors.replies.desc(), authors["last"].desc(), authors.author]
    )
    ranked = authors.mutate(number=ibis.row_number().over(first))
    most = ranked.filter(ranked.number == 0).select(rated_id="survey_id", replier="author")
    return table.left_join(most, table.survey_id == most.rated_id).drop("rated_id")


def facts(table: ir.Table) -> ir.Table:
    """The columns that metrics read; the score of a reversed item is turned on its own scale."""

    def turned(score: ir.NumericColumn) -> ir.NumericColumn:
        on_its_side = ibis.ifelse(table.is_reversed, table.scale_min + table.scale_max - score, score)
        return ibis.ifelse(table.answered_at.notnull(), on_its_side, ibis.null("float64"))

    return table.select(
        "survey_id", "kind", "asked_at", "answered_at", "first_answered_at", "is_asking_known",
        score=turned(table.score),
        first_score=turned(table.first_score),
        scale_min=table.scale_min,
        scale_max=table.scale_max,
        weight=table.weight.fill_null(1.0),
        has_weight=table.weight.notnull(),
        comment=table.comment,
        requester_id=table.requester_id,
        ticket_id=table.ticket_id,
        is_linked=table.is_linked,
        is_suppressed=table.is_suppressed,
        **{name: table[name] for name in (*DIMENSION_COLUMNS, "exclusion")},
    )  # fmt: skip
