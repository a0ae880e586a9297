"""Topics of tickets that carry none: the organisation's own where they can be learnt, else groups of like requests.

Both are estimates and stay out of the dimension `topic` and of every metric.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from evaluation.statistics.intervals import wilson_interval
from evaluation.text.classifying import Classifier, Guess, Labelled, Trial, tried
from evaluation.text.clustering import Grouping, grouped
from evaluation.text.reading import has_request_text, language_of, requests, untagged_count
from evaluation.text.words import Wordings, folded

if TYPE_CHECKING:
    from evaluation.beside import Beside
    from evaluation.facts.shapes import Facts
    from evaluation.period import Period
    from evaluation.settings import Settings
    from evaluation.tables import Tables

FEWEST_TAGGED = 200
"""Tagged tickets with text below which the organisation's topics are not learnt."""

FEWEST_OF_A_TOPIC = 20
"""Tagged tickets of one topic below which that topic is not learnt."""

LEAST_ACCURACY = 0.75
"""Share of right topics, lower end of its 95 % interval, below which no topic is assigned."""

SURENESS = (0.0, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)
"""Lines that are tried: a topic that is less sure than the line is not assigned."""


@dataclass(frozen=True)
class Learnt:
    """The organisation's topics as learnt from its tagged tickets.

    Attributes:
        guesses: Topic of each text that may be assigned; None where it is not sure enough.
        accuracy: Share of right topics expected among the assigned ones; None when none are assigned.
        tried: Cases held back to find it.
        reason: Why nothing is assigned: `no_tagged`, `too_few_tagged`, `not_accurate`; None when something is.
    """

    guesses: tuple[Guess | None, ...]
    accuracy: float | None
    tried: int
    reason: str | None


@dataclass(frozen=True)
class TopicEstimates:
    """Estimated topics of untagged tickets.

    Attributes:
        tickets: One row per untagged ticket: `ticket_id`, `is_now`, `way` (own_topic, group, wording, unclear,
            no_text), `estimate` (name of the topic, or language and number of the group; null for the last two),
            `language`, `distance` (from the centre of the group; infinite without one).
        learnt: What was learnt from tagged tickets.
        groupings: Groups by language (or script) of what was left.
    """

    tickets: pd.DataFrame
    learnt: Learnt
    groupings: Mapping[str, Grouping]


def estimated_in(facts: Facts, tables: Tables, period: Period) -> TopicEstimates | None:
    """Estimated topics of the untagged tickets of a period; None when there are none, and no model is then loaded."""
    return estimated(requests(facts, tables, period)) if untagged_count(facts, period) else None


def are_wanted(settings: Settings, tables: Tables) -> bool:
    """Whether topics are to be estimated, and there is something to estimate them from."""
    return settings.text.topics and "tickets" in tables and has_request_text(tables)


def begun(facts: Facts, tables: Tables, period: Period, beside: Beside) -> Callable[[], TopicEstimates | None]:
    """Begin what `estimated_in` does beside the work of the caller; what comes back waits for it."""
    if not untagged_count(facts, period):
        return lambda: None
    return beside.begin(estimated, requests(facts, tables, period))


def estimated(asked: pd.DataFrame) -> TopicEstimates:
    """Topics of the untagged tickets (`reading.requests`), whatever the order of the rows."""
    ordered = asked.sort_values("ticket_id", ignore_index=True)
    ordered["folded"] = [folded(text) for text in ordered["text"]]
    tagged = ordered[ordered["topic"].notna() & (ordered["folded"] != "")]
    tickets = ordered[ordered["topic"].isna()].drop(columns="topic").reset_index(drop=True)
    tickets["language"] = [language_of(*pair) for pair in zip(tickets["language"], tickets["text"], strict=True)]
    learnt = learnt_topics(tagged["folded"].tolist(), tagged["topic"].tolist(), tickets["folded"].tolist())
    labels = [guess.label if guess else None for guess in learnt.guesses]
    tickets["estimate"] = pd.Series(labels, index=tickets.index, dtype="string")
    tickets["way"] = [
        "own_topic" if guess else "unclear" if text else "no_text"
        for guess, text in zip(learnt.guesses, tickets["folded"], strict=True)
    ]
    tickets["distance"] = np.inf
    rest, groupings = _grouped_rest(tickets[tickets["way"] == "unclear"])
    tickets = pd.concat([tickets[tickets["way"] != "unclear"], rest]).sort_values("ticket_id", ignore_index=True)
    columns = ["ticket_id", "is_now", "way", "estimate", "language", "distance"]
    return TopicEstimates(tickets.loc[:, columns], learnt, groupings)


def learnt_topics(tagged: Sequence[str], topics: Sequence[str], untagged: Sequence[str]) -> Learnt:
    """Topics of untagged texts, learnt from tagged ones, where a trial on held-back ones says that they are right.

    Args:
        tagged: Folded texts with a topic.
        topics: Their topics.
        untagged: Folded texts to assign; an empty one is never assigned.
    """
    nothing: tuple[Guess | None, ...] = (None,) * len(untagged)
    training = _enough(tagged, topics)
    if not tagged or not any(untagged):
        return Learnt(nothing, None, 0, "no_tagged")
    if training is None:
        return Learnt(nothing, None, 0, "too_few_tagged")
    trial = tried(training)
    lines = {is_known: least_sureness(trial, is_known=is_known) for is_known in (True, False)}
    if set(lines.values()) == {None}:
        return Learnt(nothing, None, int(trial.cases.sum()), "not_accurate")
    guesses = Classifier(training).guesses(list(untagged))
    kept = tuple(
        guess if text and _is_sure(guess, lines) else None for text, guess in zip(untagged, guesses, strict=True)
    )
    accuracy = _expected_accuracy(trial, lines, kept)
    return Learnt(kept, accuracy, int(trial.cases.sum()), None if accuracy is not None else "not_accurate")


def least_sureness(trial: Trial, *, is_known: bool) -> float | None:
    """The lowest line above which held-back cases, known or new wordings, were right often enough; None = no line."""
    for line in SURENESS:
        right, cases = trial.right(is_known=is_known, line=line)
        low = wilson_interval(right, cases).low if cases else None
        if low is not None and low >= LEAST_ACCURACY:
            return line
    return None


def _is_sure(guess: Guess, lines: Mapping[bool, float | None]) -> bool:
    line = lines[guess.is_known]
    return line is not None and guess.sureness >= line


def _expected_accuracy(trial: Trial, lines: Mapping[bool, float | None], kept: Sequence[Guess | None]) -> float | None:
    """Accuracy of known and new wordings in the trial, in the shares in which they were assigned."""
    total = right = 0.0
    for is_known, line in lines.items():
        assigned = sum(guess is not None and guess.is_known == is_known for guess in kept)
        if line is not None and assigned:
            hits, cases = trial.right(is_known=is_known, line=line)
            total, right = total + assigned, right + assigned * hits / cases
    return right / total if total else None


def _enough(texts: Sequence[str], topics: Sequence[str]) -> Labelled | None:
    counts: dict[str, int] = {}
    for topic in topics:
        counts[topic] = counts.get(topic, 0) + 1
    kept = [pair for pair in zip(texts, topics, strict=True) if counts[pair[1]] >= FEWEST_OF_A_TOPIC]
    if len(kept) < FEWEST_TAGGED or len({topic for _, topic in kept}) < 2:
        return None
    return Labelled.of(kept)


def _grouped_rest(tickets: pd.DataFrame) -> tuple[pd.DataFrame, dict[str, Grouping]]:
    """The tickets that no own topic was found for, with groups by language, and those groups."""
    parts, groupings = [tickets.iloc[:0]], {}
    for language, part in tickets.groupby("language", sort=True):
        wordings = Wordings.of(part["text"].tolist(), part["folded"].tolist())
        grouping = grouped(wordings)
        groups = [grouping.member[place] if place >= 0 else -1 for place in wordings.place]
        way = "wording" if grouping.is_of_wordings else "group"
        parts.append(part.assign(
            way=[way if group >= 0 else "unclear" for group in groups],
            estimate=pd.array([f"{language}:{group}" if group >= 0 else None for group in groups], dtype="string"),
            distance=[grouping.distance[place] if place >= 0 else np.inf for place in wordings.place],
        ))  # fmt: skip
        groupings[str(language)] = grouping
    return pd.concat(parts), groupings
