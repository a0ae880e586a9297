"""The one control: what stands among everything, and that no verdict anywhere says otherwise."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from evaluation.assessment import Change
from evaluation.findings import findings, judge, with_verdict
from evaluation.judgement.candidates import CLEARLY, Candidate
from evaluation.judgement.control import FALSE_AMONG_FOUND, looked_at, standing
from evaluation.judgement.figures import main_figures
from evaluation.settings import FigureChoice
from evaluation.statistics.change import benjamini_hochberg
from evaluation.text import recurring
from evaluation.verdict import Against, LookedAt

BETTER, WORSE, NOISE = Change.BETTER, Change.WORSE, Change.WITHIN_NOISE


@pytest.fixture
def one(metrics):
    def make(number, p_value, change=WORSE, against=Against.BEFORE, dimension="team"):
        return Candidate(
            metric=metrics["csat"], statistic="value", against=against, dimension=dimension, member=f"m{number}",
            change=change, p_value=p_value, effect=0.5,
        )  # fmt: skip

    return make


def test_with_one_kind_of_comparison_it_is_benjamini_hochberg(one):
    p_values = [0.001, 0.011, 0.02, 0.039, 0.041, 0.2, 0.6, 0.9]
    found = [one(number, p_value) for number, p_value in enumerate(p_values)]
    assert standing(found) == benjamini_hochberg(p_values, rate=FALSE_AMONG_FOUND)


def test_many_lasting_differences_make_no_room_for_chance_among_the_changes(one):
    lasting = [one(number, 1e-9, against=Against.REST) for number in range(60)]
    changes = [one(number, 0.04 + number / 100) for number in range(20)]
    pooled = benjamini_hochberg([c.p_value for c in (*lasting, *changes)], rate=FALSE_AMONG_FOUND)
    assert sum(pooled) > 60, "in a single list some changes would pass"
    assert sum(standing([*lasting, *changes])) == 60
    strong = [*lasting, *changes, one(99, 1e-6)]
    assert standing(strong)[-1], "a change that stands among the changes stands"


def test_what_stands_among_its_own_kind_must_stand_among_all(one):
    few = [one(1, 0.04, against=Against.REST)]
    many = [one(number, 0.5 + number / 1000) for number in range(100)]
    assert standing(few) == (True,)
    assert not any(standing([*few, *many]))


@pytest.mark.parametrize(("change", "stands"), [(WORSE, True), (BETTER, True), (Change.MOVED, True), (NOISE, False)])
def test_a_difference_whose_interval_holds_zero_never_stands(one, change, stands):
    assert standing([one(1, 0.06, change=change)]) == (stands,)


def test_the_account_tells_what_survived_and_nothing_about_people(one):
    found = [one(1, 1e-6), one(2, 0.03), one(3, 0.9, change=NOISE), one(4, 1e-6, dimension="agent")]
    found += [one(number, 0.5, change=NOISE) for number in range(5, 40)]
    account = looked_at(found, standing(found))
    assert (account.differences, account.survived, account.rate) == (39, 2, 0.10)
    told = [account.verdict("csat", "value", Against.BEFORE, "team", f"m{number}") for number in (1, 2, 3, 77)]
    assert told == [WORSE, NOISE, NOISE, Change.NOT_COMPARED]
    assert not [key for key in account.verdicts if "agent" in key]


def test_namesakes_share_the_verdict(one):
    alias = ("csat", "value", Against.BEFORE, "topic", "the same")
    found = [replace(one(1, 1e-6), namesakes=(alias,))]
    assert looked_at(found, (True,)).verdict(*alias) is WORSE
    assert looked_at(found, (True,)).differences == 1


def rows_of(dimension, name, now, before):
    """One share in both periods, from its counts."""
    return [row for period, (met, n) in (("2026-Q3", now), ("2026-Q2", before)) for row in [
        ("csat", period, met / n, {"dimension": dimension, "member": name, "n": n, "numerator": met, "denominator": n,
                                   "noise": 0.05}),
    ]]  # fmt: skip


PARTS = [
    ("team", (120, 200), (170, 200), {("channel", "x"), ("team", "y")}),
    ("channel", (120, 200), (170, 200), {("channel", "x"), ("channel", "y")}),
    ("team", (120, 200), (850, 1000), {("channel", "x"), ("team", "y")}),
]
"""A part beside the channel x, which fell from 170 to 120 of 200: its dimension and counts, and who is named."""


@pytest.mark.parametrize(("dimension", "now", "before", "named_parts"), PARTS)
def test_parts_with_equal_counts_are_different_cases(metrics, measured, named, dimension, now, before, named_parts):
    whole = rows_of("all", "all", (300, 500), (1300, 1600))
    parts = [*rows_of("channel", "x", (120, 200), (170, 200)), *rows_of(dimension, "y", now, before)]
    judged = judge([], [], measured(*whole, *parts), named("2026-Q3"), metrics)
    told = {(one.dimension, one.member) for one in judged.findings if one.rule == "member_worse_than_before"}
    assert told == named_parts
    assert not [one for one in judged.differences if one.namesakes]


@pytest.mark.parametrize(("now", "before", "is_whole"), [
    ((120, 200), (170, 200), True), ((120, 200), (850, 1000), False), ((60, 100), (170, 200), False),
])  # fmt: skip
def test_a_part_that_holds_all_cases_is_told_once_as_the_whole(metrics, measured, named, now, before, is_whole):
    rows = [*rows_of("all", "all", (120, 200), (170, 200)), *rows_of("channel", "x", now, before)]
    judged = judge([], [], measured(*rows), named("2026-Q3"), metrics)
    assert {one.member for one in judged.findings} == ({None} if is_whole else {None, "x"})
    assert judged.looked_at.verdict("csat", "value", Against.BEFORE, "channel", "x") is WORSE
    assert judged.looked_at.differences == (1 if is_whole else 2)


def test_a_part_with_a_test_of_its_own_keeps_its_verdict(metrics, measured, named):
    """As many cases and the same share, and yet wider: its respondents stand for others."""
    wide = [(*row[:3], row[3] | {"noise": 0.4}) for row in rows_of("channel", "x", (120, 200), (170, 200))]
    judged = judge(
        [], [], measured(*rows_of("all", "all", (120, 200), (170, 200)), *wide), named("2026-Q3"), metrics
    )  # fmt: skip
    assert judged.looked_at.verdict("csat", "value", Against.BEFORE) is WORSE
    assert judged.looked_at.verdict("csat", "value", Against.BEFORE, "channel", "x") is NOISE


def test_the_page_on_statistics_states_the_rules_of_the_code():
    told = " ".join((Path(__file__).parents[3] / "docs" / "statistics.md").read_text("utf-8").split())
    stated = [
        f"screening at {100 * FALSE_AMONG_FOUND:.0f} % among everything", f"an effect of {CLEARLY} or more",
        f"Benjamini–Hochberg at {100 * recurring.FALSE_SHARE:.0f} % among topics",
        f"{recurring.FEWEST_EVENTS} events (of one agent {recurring.FEWEST_OF_AN_AGENT // 2})",
        f"{recurring.LEAST_RATIO} times the share elsewhere",
    ]  # fmt: skip
    assert [words for words in stated if words not in told] == []
    assert recurring.FALSE_SHARE < FALSE_AMONG_FOUND, "suggestions are screened apart, and more strictly"


def test_nothing_compared_is_nothing_found():
    assert standing([]) == ()
    assert looked_at([], ()) == LookedAt()


def small_change(measured):
    """A main figure that moved at 5 %, among 40 teams that did not."""
    rows = [("csat", "2026-Q3", 0.84, {"noise": 0.025}), ("csat", "2026-Q2", 0.80, {"noise": 0.025})]
    random = np.random.default_rng(3)
    for number in range(40):
        for period in ("2026-Q3", "2026-Q2"):
            value = 0.8 + random.normal(0, 0.002)
            rows.append(("csat", period, value, {"dimension": "team", "member": f"t{number}", "noise": 0.05}))
    return measured(*rows)


def test_a_main_figure_that_moved_at_five_percent_and_does_not_stand_is_within_noise(metrics, measured, named):
    measurements, period = small_change(measured), named("2026-Q3")
    plain = main_figures(measurements, metrics, [FigureChoice(metric="csat")], [], period)
    assert plain[0].verdict is BETTER
    judged = judge(plain, [], measurements, period, metrics)
    assert judged.figures[0].verdict is NOISE
    assert judged.findings == ()
    alone = measured(("csat", "2026-Q3", 0.84, {"noise": 0.02}), ("csat", "2026-Q2", 0.80, {"noise": 0.02}))
    assert judge(plain, [], alone, period, metrics).figures[0].verdict is BETTER


def test_every_figure_of_a_finding_has_the_verdict_after_the_control(metrics, measured, named):
    measurements, period = small_change(measured), named("2026-Q3")
    judged = judge([], [], measurements, period, metrics)
    for key, verdict in judged.looked_at.verdicts.items():
        assert verdict in (NOISE, Change.CANNOT_TELL) or any(f.figure.metric.id == key[0] for f in judged.findings)


@pytest.mark.parametrize("reason", [Change.CANNOT_TELL, Change.NOT_COMPARED])
def test_what_could_not_be_tested_keeps_its_reason(metrics, measured, named, reason):
    rows = [("csat", "2026-Q3", 0.9, {"n": 12})]
    if reason is Change.CANNOT_TELL:
        rows.append(("csat", "2026-Q2", 0.5, {"n": 12}))
    figures = main_figures(measured(*rows), metrics, [FigureChoice(metric="csat")], [], named("2026-Q3"))
    assert with_verdict(figures[0], LookedAt()).verdict is reason


def test_findings_need_nothing_but_measurements_and_are_the_same_twice(metrics, measured, named):
    rows = [("csat", "2026-Q3", 0.9, {"noise": 0.02}), ("csat", "2026-Q2", 0.8, {"noise": 0.02})]
    first, second = (findings([], [], measured(*order), named("2026-Q3"), metrics) for order in (rows, rows[::-1]))
    assert first == second
    assert [one.rule for one in first] == ["better_than_before"]
