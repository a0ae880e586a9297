"""Is it as before? The remark beside the months of a figure: each sentence where its rule holds, and only there."""

from dataclasses import replace

import pytest

from evaluation.metric import Better
from evaluation.process_reading import Behaviour, ProcessPhase, ProcessReading, SpecialCause
from evaluation.statistics.process_chart import Signal
from reports.language import Language
from reports.process_pictures import course_picture
from reports.process_words import behaviour_sentence, process_note

EN = Language.named("en")
SIGNALS = {
    Behaviour.SHIFTED: Signal.ONE_SIDE,
    Behaviour.TRENDING: Signal.RUN,
    Behaviour.OUTSIDE: Signal.OUTSIDE,
    Behaviour.NEAR_LIMIT: Signal.NEAR_LIMIT,
}


def phase(first="2025-09", months=13, changes=(), has_limits=True):
    limits = {"low": 0.6, "centre": 0.7, "high": 0.8} if has_limits else {"low": None, "centre": None, "high": None}
    return ProcessPhase(
        first=first, last="2026-09", months=months, is_provisional=has_limits and months < 13, changes=changes, **limits
    )


def reading(behaviour, is_upward=True, now=None, months=7):
    causes = ()
    if behaviour in SIGNALS:
        causes = (
            SpecialCause(
                signal=SIGNALS[behaviour], first="2026-03", last="2026-09", months=months, is_upward=is_upward,
                is_current=True,
            ),
        )  # fmt: skip
    return ProcessReading(phases=(now or phase(),), causes=causes, behaviour=behaviour, left_out=())


@pytest.mark.parametrize(
    ("behaviour", "is_upward", "said"),
    [
        (Behaviour.AS_BEFORE, True, "The last month behaves as those before it: within its natural limits."),
        (Behaviour.SHIFTED, True, "The last 7 months lie above the mean: a shift that began in March 2026."),
        (Behaviour.SHIFTED, False, "The last 7 months lie below the mean: a shift that began in March 2026."),
        (Behaviour.TRENDING, True, "The last 7 months rise one after another: a rise that began in March 2026."),
        (Behaviour.TRENDING, False, "The last 7 months fall one after another: a fall that began in March 2026."),
        (Behaviour.OUTSIDE, True, "The last month lies above its natural limits: it has a cause of its own."),
        (Behaviour.OUTSIDE, False, "The last month lies below its natural limits: it has a cause of its own."),
        (Behaviour.NEAR_LIMIT, True, "lie close to the upper limit: an early sign of a change."),
        (Behaviour.NEAR_LIMIT, False, "lie close to the lower limit: an early sign of a change."),
    ],
)
def test_each_behaviour_has_its_sentence(assessment, behaviour, is_upward, said):
    metric = assessment.catalogue["tickets_created"]
    text = behaviour_sentence(reading(behaviour, is_upward), metric, EN)
    assert text.endswith(said)
    assert "provisional" not in text


@pytest.mark.parametrize(
    ("better", "is_upward", "said"),
    [
        (Better.HIGHER, True, "for the better"),
        (Better.HIGHER, False, "for the worse"),
        (Better.LOWER, True, "for the worse"),
        (Better.LOWER, False, "for the better"),
        (Better.NEUTRAL, True, ""),
        (Better.NEUTRAL, False, ""),
    ],
)
@pytest.mark.parametrize("behaviour", [*SIGNALS, Behaviour.AS_BEFORE])
def test_only_a_signal_of_a_figure_with_a_direction_is_for_better_or_worse(
    assessment, behaviour, better, is_upward, said
):
    metric = replace(assessment.catalogue["csat"], better=better)
    text = behaviour_sentence(reading(behaviour, is_upward), metric, EN)
    if said and behaviour in SIGNALS:
        assert said in text
    else:
        assert "for the" not in text


@pytest.mark.parametrize(("months", "is_said"), [(12, True), (13, False)])
@pytest.mark.parametrize("behaviour", [Behaviour.AS_BEFORE, Behaviour.SHIFTED])
def test_provisional_limits_are_called_so(assessment, behaviour, months, is_said):
    text = behaviour_sentence(reading(behaviour, now=phase(months=months)), assessment.catalogue["csat"], EN)
    assert ("The limits are provisional: they rest on 12 months." in text) is is_said


@pytest.mark.parametrize(
    ("left_out", "said"),
    [
        ((), ""),
        (("2026-01",), ""),
        (("2026-01", "2026-10"), "1 later month is left out"),
        (("2026-10", "2026-11"), "2 later months are left out"),
    ],
)
def test_months_after_the_last_point_are_said_to_be_left_out(assessment, left_out, said):
    found = replace(reading(Behaviour.AS_BEFORE), left_out=left_out)
    text = behaviour_sentence(found, assessment.catalogue["csat"], EN)
    assert (said in text) if said else "left out" not in text


@pytest.mark.parametrize(
    ("behaviour", "now", "said"),
    [
        (Behaviour.CANNOT_TELL, phase(months=5, has_limits=False), "5 months: too few to tell whether it behaves as"),
        (Behaviour.CANNOT_TELL, phase(months=1, has_limits=False), "1 month: too few to tell"),
        (
            Behaviour.CANNOT_TELL,
            phase(months=3, has_limits=False, changes=("New desk",)),
            "3 months since “New desk”: too few to tell how it behaves now; 6 are needed.",
        ),
        (
            Behaviour.AS_BEFORE,
            phase(months=6, changes=("New desk", "Second shift")),
            "The last month behaves as those since “New desk, Second shift”: within its natural limits.",
        ),
    ],
)
def test_too_few_months_and_named_changes(assessment, behaviour, now, said):
    assert said in behaviour_sentence(reading(behaviour, now=now), assessment.catalogue["csat"], EN)


@pytest.mark.parametrize(("months", "is_named"), [(7, True), (3, False)])
def test_the_break_is_on_the_chart_with_its_name(assessment, months, is_named):
    shown = [month.id for month in assessment.period.months()[-1].series(13)]
    start = shown[13 - months]
    before = replace(phase(months=13 - months), last=shown[12 - months])
    after = phase(first=start, months=months, changes=("New <desk>",), has_limits=months >= 6)
    broken = ProcessReading(phases=(before, after), causes=(), behaviour=Behaviour.AS_BEFORE, left_out=())
    found = replace(assessment, processes={"one_touch_rate": broken})
    picture = course_picture(found, "one_touch_rate", "a", EN)
    assert b"New &lt;desk&gt;" in picture.chart.svg
    assert "worked out anew from each named change on" in picture.after
    assert "provisional" in picture.after
    assert (b"mean 70.0%" in picture.chart.svg) is is_named, "limits are named only of a last phase that has them"


def test_no_remark_without_a_reading(assessment):
    assert process_note(replace(assessment, processes={}), "one_touch_rate", EN) is None
    assert process_note(assessment, "one_touch_rate", EN).title == "As before?"
