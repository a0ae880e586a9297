"""The thirteen steps of a customer-service evaluation, each with its state in this period and the evidence."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from evaluation.assessment import CycleStep, Finding, FollowUp, FollowUpState, GoalAssessment, GoalStatus
from evaluation.settings import Settings

STEPS = (
    "expectations", "correspondence", "calls", "resolution", "reviews", "questions", "mystery", "feedback",
    "performance", "talks", "weak_points", "goals", "follow_ups",
)  # fmt: skip
_WEAK = ("worse", "goal_missed", "goal_off_course", "goal_at_risk")

_Step = tuple[str, Mapping[str, int]]


def cycle(
    settings: Settings,
    counts: Mapping[str, int],
    solved: int,
    goals: Iterable[GoalAssessment],
    follow_ups: Iterable[FollowUp],
    findings: Iterable[Finding],
) -> tuple[CycleStep, ...]:
    """The state of each step.

    | step | done | partly | no_data |
    | --- | --- | --- | --- |
    | expectations | goals and SLA policies | one of them | neither |
    | correspondence, mystery | some audits have a score | audits, none has a score | no audits |
    | calls | calls, and audits of calls with a score | calls or audits of calls | neither |
    | reviews | some are rated | reviews in words only | none |
    | resolution | solved tickets with topics and SLA policies | solved tickets | nothing solved |
    | questions | every ticket has a topic | some have | none has |
    | feedback | asked and answered | asked, nobody answered | nobody asked |
    | performance | teams, agents and benchmarks | some of them | none |
    | talks | talks are recorded | | none is |
    | weak_points | findings of weak points with follow-ups | findings or figures looked at | nothing measured |
    | goals | a goal reaches beyond the period | all goals end with it | no goals |
    | follow_ups | all agreed ones are done, dropped or in time | some are overdue | none agreed |

    Args:
        settings: What was agreed.
        counts: `evaluation.judgement.counting.counts_of`.
        solved: Tickets solved in the period.
        goals: Goals as judged.
        follow_ups: Follow-ups as they stand.
        findings: Findings of the period.
    """
    followed, judged = list(follow_ups), list(goals)
    weak = sum(any(word in finding.rule for word in _WEAK) for finding in findings)
    steps = [
        *_agreed(settings), *_evidence(settings, counts, solved), _weak_points(weak, followed, counts),
        _goals(judged), _follow_ups(followed),
    ]  # fmt: skip
    return tuple(
        CycleStep(number=number, id=name, state=state, evidence=dict(evidence))
        for number, (name, (state, evidence)) in enumerate(zip(STEPS, steps, strict=True), start=1)
    )


def _agreed(settings: Settings) -> Iterator[_Step]:
    agreed = {"goals": len(settings.goals), "sla_policies": len(settings.sla), "calendars": len(settings.calendars)}
    yield (
        _state(done=agreed["goals"] and agreed["sla_policies"], partly=agreed["goals"] or agreed["sla_policies"]),
        agreed,
    )


def _evidence(settings: Settings, counts: Mapping[str, int], solved: int) -> Iterator[_Step]:
    """Steps 2 to 10: what was read, heard, measured and asked."""
    topics, untagged = counts["topics"], counts["untagged"]
    people = {name: counts[name] for name in ("teams", "agents", "benchmarks")}
    yield _audited(counts, "audits", "audits")
    yield _calls(counts)
    yield _state(done=solved and topics and settings.sla, partly=solved), {"solved": solved, "topics": topics}
    reviews = {name: counts[name] for name in ("reviews", "answered")}
    yield _state(done=counts["rated"], partly=counts["reviews"]), reviews
    questions = {"tickets": counts["tickets"], "topics": topics, "untagged": untagged}
    yield _state(done=topics and not untagged, partly=topics), questions
    yield _audited(counts, "visits", "visits")
    yield _state(done=counts["answers"], partly=counts["surveys"]), {
        "surveys": counts["surveys"], "answers": counts["answers"],
    }  # fmt: skip
    yield _state(done=all(people.values()), partly=any(people.values())), people
    yield _state(done=0), {"talks": 0}


def _audited(counts: Mapping[str, int], name: str, word: str) -> _Step:
    """Audits of a kind: what was scored, and what counts in no score when there is any."""
    scored, left_out = counts[name], counts[f"{name}_left_out"]
    evidence = {word: scored} | ({"left_out": left_out} if left_out else {})
    return _state(done=scored, partly=left_out), evidence


def _calls(counts: Mapping[str, int]) -> _Step:
    state, evidence = _audited(counts, "call_audits", "audits")
    return _state(done=counts["calls"] and state == "done", partly=counts["calls"] or state != "no_data"), {
        "calls": counts["calls"], **evidence,
    }  # fmt: skip


def _weak_points(weak: int, follow_ups: list[FollowUp], counts: Mapping[str, int]) -> _Step:
    measured = counts["tickets"] or counts["answers"]
    return _state(done=weak and follow_ups, partly=measured), {"findings": weak, "follow_ups": len(follow_ups)}


def _goals(goals: list[GoalAssessment]) -> _Step:
    ahead = sum(not goal.is_final for goal in goals)
    reached = sum(goal.status is GoalStatus.REACHED for goal in goals)
    return _state(done=ahead, partly=goals), {"goals": len(goals), "reached": reached, "open": ahead}


def _follow_ups(follow_ups: list[FollowUp]) -> _Step:
    overdue = sum(one.overdue_days > 0 for one in follow_ups)
    done = sum(one.state is FollowUpState.DONE for one in follow_ups)
    evidence = {"follow_ups": len(follow_ups), "done": done, "overdue": overdue}
    return _state(done=follow_ups and not overdue, partly=follow_ups), evidence


def _state(*, done: object, partly: object = False) -> str:
    return "done" if done else "partly" if partly else "no_data"
