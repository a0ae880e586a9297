"""Explaining tickets of the examples: everything is there, readable in 100 columns, and true to the facts."""

import random
import re
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from evaluation.errors import ConfigError
from evaluation.facts import derive
from evaluation.ledger.shapes import RULES, Entry, TargetLedger, Why
from evaluation.metrics import measure
from evaluation.period import Period
from evaluation.validation import Validation
from flows.explanation import lines
from flows.explanation_words import REASONS, clock, moment, span, why_missed
from tasks.collect import collect
from tasks.configuration.reading import read_review
from tasks.evaluate import newest_stamp, open_tables
from tasks.explain import explain, find_ticket
from tasks.validate import Validated

ROOT = Path(__file__).parents[2]
NOW = datetime(2026, 11, 1, tzinfo=UTC)


class Example:
    """One example organisation, collected once; validation is tested elsewhere."""

    def __init__(self, name, workdir):
        self.settings = (review := read_review(ROOT / "examples" / name)).settings
        self.files = dict(collect(review.sources, ROOT / "examples" / name, workdir).tables)
        self.tables = open_tables(self.files)

    def explain(self, ticket, as_of=None):
        validated = Validated(self.files, {}, Validation(()))
        return explain(self.files, validated, self.settings, ticket, as_of=as_of, run_at=NOW)

    def text(self, ticket, as_of=None):
        return list(lines(self.explain(ticket, as_of), self.settings))


@pytest.fixture(scope="module")
def social(tmp_path_factory):
    return Example("social-care", tmp_path_factory.mktemp("social"))


def test_a_ticket_of_the_example_is_explained_whole(social):
    told = social.explain("03cCkoJPftP1qxvbjH93")
    text = "\n".join(lines(told, social.settings))
    for part in ("Ticket social:03cCkoJPftP1qxvbjH93", "Timeline, ", "First response within ", "Resolution within ",
                 "Facts", "Figures that it entered", "Figures in which it has no case"):  # fmt: skip
        assert part in text
    missed = [ledger for ledger in told.ledgers if ledger.why]
    assert missed
    assert text.count("  why: ") == len(missed) == len(re.findall(r" breached ", text))
    assert text.count(" MISSED") == len(missed)
    assert len([event for event in told.events if event["kind"] == "public_reply"]) == text.count("  public reply, ")


def test_every_line_of_many_tickets_fits_and_has_words(social):
    ids = sorted(social.tables["tickets"].ticket_id.execute())
    for ticket in random.Random(3).sample(ids, 4):
        for line in social.text(ticket):
            assert len(line) <= 100, line
            assert "None" not in line
            assert "_" not in line or re.match(r"  (\w+_\w+|\w+)(\s|,)|    \w", line), line


def test_the_figures_it_entered_are_those_that_are_measured(social):
    """A second way: what one ticket is said to add is what the figures lose without it."""
    ticket = "social:03cCkoJPftP1qxvbjH93"
    told = social.explain(ticket)
    zone = social.settings.organisation.time_zone
    month = Period.parse(f"{told.ticket['created_at'].astimezone(ZoneInfo(zone)):%Y-%m}", zone=zone)
    cut = newest_stamp(social.tables, NOW)
    facts = derive(social.tables, social.settings, cut)
    others = {
        name: table.filter(table.ticket_id != ticket) if "ticket_id" in table.columns else table
        for name, table in facts.expressions.items()
    }
    without = type(facts)(others, cut)
    names = ["first_response_time", "sla_attainment", "one_touch_rate", "tickets_created", "next_reply_time"]
    both = [measure(one, social.settings, month, only=names) for one in (facts, without)]
    for name in names:
        statistic = "median" if name.endswith("_time") else "value"
        one, two = (measured.get(name, month.id, statistic=statistic) for measured in both)
        counted = [
            case
            for case in told.participation
            if case.metric_id == name and case.outcome == "counted" and month.start <= case.at < month.end
        ]
        assert one.n - two.n == len(counted), name
        if name == "sla_attainment":
            assert one.numerator - two.numerator == sum(case.amount for case in counted)


def test_an_earlier_moment_of_knowledge_knows_less(social):
    ticket = "social:03cCkoJPftP1qxvbjH93"
    created = social.explain(ticket).ticket["created_at"]
    text = "\n".join(social.text(ticket, as_of=created))
    assert "(after the data end)" in text
    assert "not decided yet" in text
    early = "\n".join(social.text(ticket, as_of=datetime(2015, 1, 1, tzinfo=UTC)))
    assert "it had not been opened yet" in early
    assert "Facts" not in early


def test_ids_with_and_without_their_source(social):
    assert find_ticket(social.tables, "03cCkoJPftP1qxvbjH93") == "social:03cCkoJPftP1qxvbjH93"
    assert find_ticket(social.tables, "social:03cCkoJPftP1qxvbjH93") == "social:03cCkoJPftP1qxvbjH93"
    with pytest.raises(ConfigError, match="there is no ticket") as caught:
        find_ticket(social.tables, "03cCkoJPftP1qxvbjH94")
    assert "social:03cCkoJPftP1qxvbjH93" in caught.value.remedy


def test_an_id_that_two_sources_have_is_not_guessed():
    import pandas as pd

    from evaluation.tables import Tables

    frame = pd.DataFrame({"ticket_id": ["a:1", "b:1"], "channel_code": ["email"] * 2})
    tables = Tables.from_frames({"tickets": frame.assign(created_at=pd.Timestamp("2026-07-01", tz="UTC"))})
    with pytest.raises(ConfigError, match="several sources") as caught:
        find_ticket(tables, "1")
    assert "a:1, b:1" in caught.value.remedy


AT = datetime(2026, 7, 6, 10, tzinfo=UTC)


def a_ledger(rule, target="first_response", team=None, **numbers):
    why = Why(rule, {"late_seconds": 12000.0} | numbers, team)
    entry = Entry(AT, "started", "created", 0.0, 3600.0)
    return TargetLedger(
        "a:1", target, "p", "business", "default", 3600.0, AT, AT, None, None, AT, "missed", (entry,), why
    )


@pytest.mark.parametrize(
    ("ledger", "said"),
    [(a_ledger("late"), "nobody replied until 3 h 20 min after it was due"),
     (a_ledger("late", "resolution"), "it was not solved until 3 h 20 min after it was due"),
     (a_ledger("unassigned", unassigned_seconds=18000.0, share=0.5),
      "nobody was assigned for 5 h of the promised time (50%); late by 3 h 20 min"),
     (a_ledger("reassigned", times=3), "it changed hands 3 times before it fell due; late by 3 h 20 min"),
     (a_ledger("only_a_note", notes=1), "1 internal note in time, but no public reply; late by 3 h 20 min"),
     (a_ledger("only_a_note", notes=2), "2 internal notes in time, but no public reply; late by 3 h 20 min"),
     (a_ledger("mostly_paused", "resolution", team="X", paused_seconds=7200.0, share=0.8),
      "paused by X for 80% of the time until it fell due (2 h); late by 3 h 20 min"),
     (a_ledger("answered_out_of_hours"), "it was answered outside opening hours, late by 3 h 20 min"),
     (a_ledger("not_yet"), "it fell due 3 h 20 min before the data end, and is still open"),
     (a_ledger("never"), "the ticket ended 3 h 20 min after it was due, without it")],
)  # fmt: skip
def test_why_in_words(ledger, said):
    assert why_missed(ledger) == said


def test_every_rule_and_reason_has_words():
    from evaluation.ledger.replay import LIFE, RANKS
    from flows.explanation_words import _RULES

    assert set(_RULES) == set(RULES)
    assert {*LIFE, "created", "requester_message", "public_reply", "bot_handoff", "calendar", "promise"} <= set(REASONS)
    assert "requester_message" in RANKS


@pytest.mark.parametrize(
    ("seconds", "long", "short"),
    [(0, "0 min", "0:00:00"), (59.6, "1 min", "0:01:00"), (3601, "1 h 1 s", "1:00:01"),
     (-90, "−1 min 30 s", "−0:01:30"), (360000, "100 h", "100:00:00"), (None, "–", "–"), (-0.2, "0 min", "0:00:00")],
)  # fmt: skip
def test_lengths_of_time(seconds, long, short):
    assert (span(seconds), clock(seconds)) == (long, short)


def test_moments_are_on_the_organisation_s_wall_clock():
    assert moment(AT, ZoneInfo("Europe/Warsaw")) == "Mon 2026-07-06 12:00"
    assert moment(AT.replace(second=5), ZoneInfo("UTC")) == "Mon 2026-07-06 10:00:05"
    assert moment(None, ZoneInfo("UTC")) == "–"
