"""The page on teams, branches and agents: every sentence on both sides of its rule, nobody ranked, long lists."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest

from evaluation.breakdowns.member_comparison import member_comparison
from evaluation.member_comparison import ComparedMember, FunnelLimits, Lack, MemberComparison
from evaluation.metrics.catalogue import chosen
from evaluation.statistics.funnel import Group, Scale
from reports import compose, render_report
from reports.document import Missing, Notes, Picture, Prose, Table
from reports.heights import PAGE_MM
from reports.language import Language
from reports.section import AGENTS_LEFT_OUT, Material
from reports.sections.members.build import build, members_title, what_follows
from reports.sections.members.chosen import defined, leading
from reports.sections.members.words import why_not_compared

EN = Language.named("en")
THEIRS, ITS = "from what their cases lead to expect", "from what its cases lead to expect"
REST = "; the rest is usual spread"
GOLDEN = Path(__file__).parent / "golden" / "en" / "members.txt"
CATALOGUE = {name: one.metric for name, one in chosen({}).items()}


def member(name, value=0.8, group=Group.AS_EXPECTED, n=120, **changes):
    told = {
        "member": name, "n": n, "requesters": n, "value": value, "expected": 0.8, "adjusted": value,
        "adjusted_low": value - 0.07, "adjusted_high": min(1.0, value + 0.07), "shared": 1.0, "effective": n * 0.8,
        "z": 0.3, "p_value": 0.76, "low95": 0.72, "high95": 0.88, "low998": 0.67, "high998": 0.91, "group": group,
    }  # fmt: skip
    return ComparedMember(**{**told, **changes})


def low(name, value=0.6, **changes):
    return member(name, value, Group.CLEARLY_BELOW, is_good=False, z=-4.5, p_value=0.00001, **changes)


def high(name, value=0.97, **changes):
    return member(name, value, Group.CLEARLY_ABOVE, is_good=True, z=4.1, p_value=0.00004, **changes)


def few(name, lack=Lack.FEW_CASES, n=12):
    return ComparedMember(member=name, n=n, requesters=n, value=0.75, lack=lack)


def comparison(*rows, metric_id="csat", dimension="agent", scale=Scale.ARCSINE, **changes):
    limits = tuple(FunnelLimits(n, 0.8 - w, 0.8 + w, 0.8 - 1.6 * w, min(1.0, 0.8 + 1.6 * w))
                   for n, w in ((20, 0.17), (60, 0.1), (140, 0.065)))  # fmt: skip
    told = {
        "centre": 0.8, "dispersion": 1.2, "between": 0.001, "minimum_cases": 30, "limits": limits,
        "statistic": CATALOGUE[metric_id].statistic,
    }  # fmt: skip
    return MemberComparison(
        metric=CATALOGUE[metric_id], dimension=dimension, scale=scale, rows=rows, **{**told, **changes}
    )


def undefined(*rows, **changes):
    return comparison(*rows, centre=None, limits=(), undefined_because="only some", **changes)


USUAL = tuple(member(f"agent {number:02}", 0.74 + number / 100) for number in range(10))
TIMES = comparison(
    *(replace(row, value=1800.0 + 60 * index, expected=2000.0, adjusted=1900.0 + 60 * index, adjusted_low=1700.0,
              adjusted_high=2300.0) for index, row in enumerate(USUAL)),
    metric_id="first_response_time", scale=Scale.LOG, centre=2000.0,
    limits=(FunnelLimits(50, 1500.0, 2600.0, 1200.0, 3000.0), FunnelLimits(140, 1700.0, 2300.0, 1500.0, 2600.0)),
)  # fmt: skip
TEAMS = undefined(*(few(name, Lack.NOBODY_ALIKE, 900) for name in ("Billing", "Claims", "First", "Sales", "Tech")),
                  dimension="team")  # fmt: skip
BRANCHES = undefined(*(member(name) for name in ("Gdańsk", "Kraków")), dimension="branch")
WHOLE = (TEAMS, BRANCHES, comparison(*USUAL, few("new one"), low("slow one"), high("strong one")), TIMES)


def page(assessment, *comparisons, **options):
    given = replace(assessment, comparisons=comparisons, catalogue=CATALOGUE)
    return build(Material(assessment=given, language=EN, options=options, files=("measurements.csv",)))


def lines(part):
    told = [part.kicker.upper(), f"# {part.title}"]
    for name, block in part.blocks.items():
        told += [f"[{name}]", *_block(block)]
    return "\n".join(line.replace("\u00a0", "~") for line in told) + "\n"


def _block(block):
    if isinstance(block, Notes):
        return [f"{note.title}: {' '.join(note.text)}" for note in block.items]
    if isinstance(block, Picture):
        return [text for text in (block.title, block.sub, f"<{block.chart.alt}>", block.after) if text]
    if isinstance(block, Prose):
        return [block.title, *block.paragraphs]
    rows = [
        " | ".join(
            f"{f'({cell.mark.word}) ' if cell.mark else ''}{cell.text}{' / ' + cell.small if cell.small else ''}"
            for cell in row
        )
        for row in block.rows
    ]
    heads = " | ".join(column.title for column in block.columns)
    return [text for text in (block.title, block.sub, heads, *rows, block.after) if text]


def note(part, title):
    return next((" ".join(one.text) for one in part["notes"].items if one.title == title), None)


def test_golden_text(assessment):
    part = page(assessment, *WHOLE)
    if os.environ.get("UPDATE_GOLDEN"):
        GOLDEN.write_text(lines(part), encoding="utf-8")
    assert lines(part) == GOLDEN.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("dimension", "rows", "title"),
    [
        ("agent", USUAL, f"None of 10 agents clearly differs {THEIRS}"),
        ("agent", (*USUAL, low("x")), f"1 of 11 agents clearly differs {THEIRS}" + REST),
        ("agent", (*USUAL, low("x"), high("y")), f"2 of 12 agents clearly differ {THEIRS}" + REST),
        ("agent", (*USUAL, few("x")), f"None of 10 agents clearly differs {THEIRS}"),
        ("agent", tuple(low(name) for name in "abcde"), f"5 of 5 agents clearly differ {THEIRS}"),
        ("team", USUAL, f"None of 10 teams clearly differs {ITS}"),
        ("team", (*USUAL, low("x")), f"1 of 11 teams clearly differs {ITS}" + REST),
        ("branch", USUAL, f"None of 10 branches clearly differs {ITS}"),
        ("branch", (*USUAL, low("x"), low("y")), f"2 of 12 branches clearly differ {THEIRS}" + REST),
    ],
)  # fmt: skip
def test_the_title_counts_who_clearly_differs(dimension, rows, title):
    assert members_title(dimension, [comparison(*rows, dimension=dimension)], EN) == title


@pytest.mark.parametrize(("p_value", "said"), [(None, False), (0.5, False), (0.01, False), (0.009, True)])
def test_a_spread_beyond_chance_is_told_even_when_nobody_stands_out(p_value, said):
    nobody, somebody = (comparison(*USUAL, *rows, spread_p_value=p_value) for rows in ((), (low("x"),)))
    title = "None of 10 agents stands out, yet together they differ by more than chance"
    assert (members_title("agent", [nobody], EN) == title) == said
    assert members_title("agent", [somebody], EN) == f"1 of 11 agents clearly differs {THEIRS}" + REST
    for one in (nobody, somebody):
        text = " ".join(what_follows([one], EN).paragraphs)
        assert ("Together they differ by more than chance explains in customer satisfaction (CSAT)" in text) == said
    assert ("No action" in " ".join(what_follows([nobody], EN).paragraphs)) != said


@pytest.mark.parametrize(("dimension", "many"), [("team", "teams"), ("branch", "branches")])
def test_teams_and_branches_that_lie_far_apart(dimension, many):
    title = members_title(dimension, [comparison(*USUAL, dimension=dimension, spread_p_value=0.0)], EN)
    assert title == f"None of 10 {many} stands out, yet together they differ by more than chance"


def test_who_differs_in_two_figures_is_counted_once():
    both = [comparison(*USUAL, low("x")), comparison(*USUAL, low("x"), metric_id="one_touch_rate")]
    assert members_title("agent", both, EN).startswith("1 of 11 agents")


@pytest.mark.parametrize(
    ("rows", "said", "unsaid"),
    [
        (USUAL, ["No action"], ["Read at least ten", "ask what works"]),
        ((*USUAL, low("x")), ["Read at least ten"], ["No action", "ask what works"]),
        ((*USUAL, high("x")), ["ask what works"], ["No action", "Read at least ten"]),
        ((*USUAL, high("x"), low("y")), ["Read at least ten", "ask what works"], ["No action"]),
        ((*USUAL, replace(high("x"), is_good=None)), ["Read at least ten"], ["No action", "ask what works"]),
    ],
    ids=["nobody", "bad", "good", "both", "no direction"],
)
def test_the_page_ends_in_what_follows(rows, said, unsaid):
    text = " ".join(what_follows([comparison(*rows)], EN).paragraphs)
    assert all(words in text for words in said)
    assert not any(words in text for words in unsaid)


@pytest.mark.parametrize(("members", "said"), [(249, ""), (250, "about 1 "), (1000, "about 2 ")])
def test_how_many_lie_outside_by_chance_is_told_when_it_is_one_or_more(members, said):
    rows = [member(f"agent {number:04}") for number in range(members - 1)]
    text = " ".join(what_follows([comparison(*rows, low("x"))], EN).paragraphs)
    assert ("by chance alone" in text) == bool(said)
    assert said in text
    assert "by chance alone" not in " ".join(what_follows([comparison(*rows)], EN).paragraphs)


@pytest.mark.parametrize(
    ("comparisons", "said"),
    [
        ([], ""),
        ([comparison(*USUAL)], ""),
        ([comparison(*USUAL), TEAMS], ""),
        ([TEAMS], "hardly any of them handles the same kinds of cases as another."),
        ([BRANCHES], "fewer than five have enough cases to say what is usual."),
        ([undefined(*(few(name) for name in "abcdefgh"))],
         "fewer than five have enough cases to say what is usual."),
    ],
    ids=["nobody", "compared", "compared on one", "own topics", "two", "few cases"],
)  # fmt: skip
def test_why_nobody_is_compared(comparisons, said):
    assert why_not_compared(comparisons, EN) == said


def test_too_little_data_is_told_only_when_there_is_some(assessment):
    assert "not_compared" not in page(assessment, comparison(*USUAL))
    told = page(assessment, comparison(*USUAL, few("x"), few("y")))["not_compared"].paragraphs
    assert told == (
        "Customer satisfaction (CSAT): 2 of 12, with fewer than 30 cases or with cases that hardly anybody else "
        "handles.",
    )


def test_who_clearly_differs_is_named_with_what_is_expected(assessment):
    assert note(page(assessment, comparison(*USUAL)), "Look at the cases of") is None
    part = page(assessment, comparison(*USUAL, low("Xaver"), high("Bob")))
    assert note(part, "Look at the cases of").replace("\u00a0", " ") == (
        "Bob: customer satisfaction (CSAT) 97.0%, expected 80.0% "
        "Xaver: customer satisfaction (CSAT) 60.0%, expected 80.0%"
    )
    crowd = page(assessment, comparison(*USUAL, *(low(f"x{number}") for number in range(7))))
    assert note(crowd, "Look at the cases of").endswith("3 more in the table")


def test_the_rule_is_always_there(assessment):
    for rows in (USUAL, (*USUAL, low("x"))):
        assert note(page(assessment, comparison(*rows)), "Rule") == (
            "No reward or sanction from points inside the outer limits, and outside only after looking at the cases."
        )


def test_names_in_the_picture_stand_outside_the_limits_only(assessment):
    part = page(assessment, *WHOLE)
    drawn = part["funnel"].chart.svg.decode()
    assert "slow one 60" in drawn
    assert "strong one 97" in drawn
    assert "agent 0" not in drawn


def test_everybody_is_in_alphabetical_order(assessment):
    rows = (low("Zoe"), *USUAL, high("bob B."), member("Ann"))
    table = page(assessment, comparison(*rows))["agent_1"]
    names = [row[0].text for row in table.rows]
    assert names == sorted(names, key=str.casefold)
    first, second = (page(assessment, comparison(*rows))[f"intervals_{index}"].chart.alt for index in (1, 2))
    assert first.index("agent 00") < first.index("agent 01")
    assert second.index("bob B.") < second.index("Zoe")


def test_words_stand_where_a_member_differs_or_has_too_little(assessment):
    rows = (*USUAL, few("New"), few("Own", Lack.NOBODY_ALIKE, 265), low("Low"), replace(high("Odd"), is_good=None))
    part = page(assessment, comparison(*rows))
    cells = {row[0].text: row[1] for row in part["agent_1"].rows}
    assert (cells["Low"].mark.word, cells["Low"].mark.shape) == ("Clearly below", "missed")
    assert (cells["Odd"].mark.word, cells["Odd"].mark.shape) == ("Clearly above", "at_risk")
    assert cells["New"].small == "too little data, n 12"
    assert cells["Own"].small == "hardly anybody else has such cases, n 265"
    assert cells["agent 03"].mark is None
    assert cells["agent 03"].small.replace("\u00a0", " ") == "raw 77.0%, n 120"


def test_satisfaction_leads_then_promises_then_any_share():
    csat, sla, touch = (comparison(*USUAL, metric_id=name) for name in ("csat", "sla_attainment", "one_touch_rate"))
    assert leading([TIMES, touch, sla, csat]) is csat
    assert leading([TIMES, touch, sla, replace(csat, undefined_because="only 4")]) is sla
    assert leading([TIMES, touch]) is touch
    assert leading([TIMES]) is TIMES
    assert leading([TEAMS]) is None
    worse = comparison(*USUAL, low("x"), metric_id="reopen_rate")
    assert defined([sla, touch, TEAMS, worse, csat]) == [csat, worse, sla, touch]


def test_without_anybody_to_compare_there_is_no_page(assessment):
    for given in ((), (TEAMS, BRANCHES)):
        assert page(assessment, *given) == Missing(
            "members", "Teams, branches, agents", "fewer than five teams, branches or agents can be compared"
        )


def test_teams_have_the_page_when_agents_cannot_be_compared(assessment):
    teams = comparison(*USUAL, dimension="team")
    part = page(assessment, teams, undefined(few("A"), few("B")))
    assert part.title.startswith("None of 10 teams")
    assert part["not_compared"].paragraphs == ("Agents: fewer than five have enough cases to say what is usual.",)
    assert "team_1" in part
    assert "agent_1" not in part


def test_agents_can_be_left_out(assessment):
    teams = comparison(*USUAL, dimension="team")
    part = page(assessment, teams, comparison(low("Somebody"), *USUAL), agents=AGENTS_LEFT_OUT)
    assert "Somebody" not in lines(part)
    assert isinstance(page(assessment, comparison(low("Somebody"), *USUAL), agents=AGENTS_LEFT_OUT), Missing)


@pytest.mark.parametrize(("options", "has_agents"), [({}, True), ({"agents": AGENTS_LEFT_OUT}, False)])
def test_the_attached_table_has_agents_only_when_the_report_may_name_them(assessment, options, has_agents):
    frame = assessment.measurements.frame
    team = frame[frame["dimension"] == "team"]
    agents = pd.concat(team.assign(dimension=name, member="somebody").head(1) for name in ("agent", "team+agent"))
    given = replace(assessment, measurements=type(assessment.measurements)(pd.concat([frame, agents])))
    behind = member_comparison(SimpleNamespace(comparisons=(TEAMS, comparison(low("Somebody"), *USUAL))))
    given = replace(given, breakdowns={"member_comparison": behind})
    metrics, members = compose(given, language="en", options=options).attachments
    assert (metrics.name, members.name) == ("metrics.csv", "members.csv")
    assert (b"somebody" in metrics.content) == has_agents
    assert (b"Somebody" in members.content) == has_agents
    assert b"Billing" in members.content


def test_three_hundred_agents_have_clean_pages(assessment):
    rows = [member(f"agent {number:03}", 0.7 + number % 20 / 100, n=40 + number) for number in range(310)]
    rows[7:9] = [low("agent 007", n=47), high("agent 008", n=48)]
    part = page(assessment, comparison(*rows))
    tables = [block for block in part.blocks.values() if isinstance(block, Table)]
    assert sum(len(table.rows) for table in tables) == 300
    assert "10 more are in members.csv" in tables[-1].after
    assert "intervals_1" not in part
    assert [table.title for table in tables[:2]] == [
        "Agents in alphabetical order", "Agents in alphabetical order, continued",
    ]  # fmt: skip


@pytest.mark.parametrize("code", ["en", "ru", "pl"])
def test_the_page_passes_the_gate(assessment, code):
    given = replace(assessment, comparisons=WHOLE, catalogue={**CATALOGUE, **assessment.catalogue})
    document = compose(given, language=code)
    part = next(one for one in document.sections if one.id == "members")
    assert part.pages <= 2
    assert part.used_mm > 0.3 * PAGE_MM
    only = replace(document, sections=(part,))
    assert not render_report(only).warnings
