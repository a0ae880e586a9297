"""Every chart with every kind of data: valid, inside its frame, readable, the same on every run."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

import reports.charts
from reports.chart import Chart, Shape
from reports.charts.distribution import distribution
from reports.charts.diverging_scale import Ratings, diverging_scale
from reports.charts.flow_columns import Names, flow_columns
from reports.charts.funnel import Limit, Place, funnel
from reports.charts.goal_track import goal_track
from reports.charts.heat_map import heat_map
from reports.charts.horizontal_bars import Bar, horizontal_bars
from reports.charts.interval_dots import Interval, interval_dots
from reports.charts.line_with_target import Expected, Line, Panel, line_with_target
from reports.charts.ribbon import ribbon
from reports.charts.small_multiples import Multiple, small_multiples
from reports.charts.sparkline import sparkline
from reports.charts.stacked_share import Heads, Share, stacked_share
from reports.charts.xmr import Phase, xmr

Values = Sequence[float | None]
ALT = "Share on time by month: 91 % in April, 93 % in September"


def number(value: float) -> str:
    return f"{value:,.6g}"


def known(values: Values) -> list[float]:
    return [value for value in values if value is not None and math.isfinite(value)]


def some(values: Values) -> float:
    return known(values)[0] if known(values) else 0.0


def amount(value: float | None) -> float:
    return abs(value) if value is not None and math.isfinite(value) else 0.0


def a_line(values: Values, label: str) -> Chart:
    goal = some(values) or None
    return line_with_target(
        values,
        name="line",
        alt=ALT,
        labels=[f"{label}{index}" for index in range(len(values))],
        format=number,
        label=label,
        target=goal,
        target_label=f"target {label}",
        last_label=label,
        point_labels=dict.fromkeys(range(len(values)), label),
        panel=Panel(len(values) // 2, len(values), label, label) if values else None,
        forecast=[Expected(goal, goal * 0.9, goal * 1.1, label)] * 3 if goal else (),
        forecast_label=(f"forecast {label}", "80 % interval"),
        others=[Line(f"other {label}", list(reversed(values)))],
    )


def a_sparkline(values: Values, label: str) -> Chart:
    return sparkline(values, name="spark", alt=ALT, target=some(values), shape=Shape.AT_RISK)


def a_goal(values: Values, label: str) -> Chart:
    first, last = (values[0], values[-1]) if values else (None, None)
    return goal_track(
        name="goal", alt=ALT, actual=last, baseline=first, at_least=some(values), target_label=label, shape=Shape.MISSED
    )


def a_stack(values: Values, label: str) -> Chart:
    rows = [
        Share(
            label=f"{label} {index}",
            on_time=amount(value),
            overdue=amount(value) / 4,
            undecided=amount(value) / 9,
            on_time_label="74 %",
            overdue_label=label,
            total_label=label,
            is_flagged=index % 2 == 0,
        )
        for index, value in enumerate(values)
    ]
    return stacked_share(rows, name="stack", alt=ALT, heads=Heads(label, label, label), tolerance=0.1)


def some_multiples(values: Values, label: str) -> Chart:
    panels = [
        Multiple(title=f"{label} {index}", figure=label, values=values, shape=shape)
        for index, shape in enumerate(Shape)
    ]
    return small_multiples(
        panels if values else [],
        name="multiples",
        alt=ALT,
        format=number,
        target=some(values),
        first_label=label,
        last_label=label,
        columns=3,
    )


def a_heat_map(values: Values, label: str) -> Chart:
    grid = [list(values), list(reversed(values))] if values else []
    return heat_map(
        grid,
        name="heat",
        alt=ALT,
        rows=[label, "Sun"][: len(grid)],
        columns=[label for _ in values],
        format=number,
        row_margin=[some(values), None][: len(grid)],
        column_margin=values,
    )


def an_xmr(values: Values, label: str) -> Chart:
    middle = some(values)
    spread = max((abs(value - middle) for value in known(values)), default=1.0)
    phases = [Phase(0, len(values), middle, middle - spread, middle + spread)] if values else []
    return xmr(
        values,
        name="xmr",
        alt=ALT,
        labels=[label for _ in values],
        format=number,
        phases=phases,
        special={0: label, 3: "", 99: label},
        welcome=(3,),
        breaks={1: label, 2: "", 99: label},
        upper_label=label,
        centre_label=label,
        lower_label=label,
    )


def some_intervals(values: Values, label: str) -> Chart:
    rows = [
        Interval(
            label=f"{label} {index}",
            value=value,
            low=None if value is None else value - abs(value) / 9,
            high=None if value is None else value + abs(value) / 9,
            note=label,
            shape=Shape.MET if index == 1 else None,
        )
        for index, value in enumerate(values)
    ]
    return interval_dots(
        rows, name="dots", alt=ALT, format=number, reference=some(values), reference_label=label, note_head=label
    )


def a_distribution(values: Values, label: str) -> Chart:
    counts = [amount(value) for value in values]
    edges = [float(index) for index in range(len(counts))] + [math.inf]
    return distribution(
        counts,
        edges,
        name="spread",
        alt=ALT,
        format=number,
        count_format=number,
        median=1.4,
        median_label=label,
        p90=len(counts) - 0.5,
        p90_label=label,
        target=1.5,
        target_label=label,
    )


def some_bars(values: Values, label: str) -> Chart:
    rows = [
        Bar(label=f"{label} {index}", value=value, text=label, change=label, note=label, is_flagged=index == 0)
        for index, value in enumerate(values)
    ]
    return horizontal_bars(rows, name="bars", alt=ALT, reference=some(values), heads=(label, label, label))


def some_ratings(values: Values, label: str) -> Chart:
    rows = [
        Ratings(
            label=f"{label} {index}",
            counts=[amount(value) * part for part in (1, 2, 0, 3, 9)],
            bad_label=label,
            good_label=label,
            note=label,
        )
        for index, value in enumerate(values)
    ]
    return diverging_scale(rows, name="ratings", alt=ALT, heads=(label, label, label))


def a_ribbon(values: Values, label: str) -> Chart:
    return ribbon(
        values, name="ribbon", alt=ALT, target=some(values), labels={index: label for index in range(0, len(values), 3)}
    )


def a_flow(values: Values, label: str) -> Chart:
    amounts = [None if value is None else abs(value) for value in values]
    return flow_columns(
        amounts,
        list(reversed(amounts)),
        amounts,
        name="flow",
        alt=ALT,
        labels=[label for _ in values],
        names=Names(label, label, label),
        format=number,
        backlog_label=label,
    )


def a_funnel(values: Values, label: str) -> Chart:
    middle = some(values)
    places = [
        Place(label=f"{label} {index}", size=10.0 * (index + 1), value=value, shape=Shape.MISSED if index % 2 else None)
        for index, value in enumerate(known(values))
    ]
    limits = [
        Limit(size, middle - 2 / size, middle + 2 / size, middle - 3 / size, middle + 3 / size)
        for size in range(5, 300, 5)
    ]
    return funnel(
        places,
        limits if values else [],
        name="funnel",
        alt=ALT,
        centre=middle,
        centre_label=label,
        format=number,
        size_format=number,
        size_label=label,
    )


CHARTS: dict[str, Callable[[Values, str], Chart]] = {
    "distribution": a_distribution,
    "diverging_scale": some_ratings,
    "flow_columns": a_flow,
    "funnel": a_funnel,
    "goal_track": a_goal,
    "heat_map": a_heat_map,
    "horizontal_bars": some_bars,
    "interval_dots": some_intervals,
    "line_with_target": a_line,
    "ribbon": a_ribbon,
    "small_multiples": some_multiples,
    "sparkline": a_sparkline,
    "stacked_share": a_stack,
    "xmr": an_xmr,
}

SERIES: dict[str, Values] = {
    "ordinary": [88.2, 91.0, 90.4, 83.4, 92.1, 92.7, 93.0],
    "empty": [],
    "one": [42.0],
    "two equal": [5.0, 5.0],
    "all missing": [None, None, None],
    "gaps": [1.0, None, 3.0, None, None, 6.0, float("nan"), 8.0],
    "zeros": [0.0, 0.0, 0.0, 0.0],
    "negative": [-30.0, -12.5, 4.0, 40.0],
    "huge": [1.2e15, 9.9e15, 4.4e15, 0.0],
    "tiny": [1e-9, 3e-9, 2e-9],
    "nearly equal": [1e15, 1e15 + 1, 1e15],
    "long": [50 + math.sin(index) * 40 for index in range(60)],
}
LABELS = {
    "short": "n",
    "ordinary": "Claims",
    "long": "Претензии по доставке и возврату денег за отменённые заказы " * 3,
    "one word": "W" * 300,
    "hostile": "<script>&\"'</text>\x00\ud800",
}


def test_every_chart_of_the_folder_is_in_the_table():
    folder = Path(reports.charts.__file__).parent
    assert {path.stem for path in folder.glob("*.py")} - {"__init__"} == set(CHARTS)


@pytest.mark.parametrize("label", LABELS)
@pytest.mark.parametrize("chart", CHARTS)
def test_text_is_inside_and_does_not_overlap(chart, label, drawn):
    for kind, values in SERIES.items():
        seen = drawn(CHARTS[chart](values, LABELS[label]))
        assert seen.outside() == [], kind
        assert seen.overlapping() == [], kind


@pytest.mark.parametrize("chart", CHARTS)
def test_the_same_input_gives_the_same_bytes(chart):
    for values in SERIES.values():
        assert CHARTS[chart](values, "Chat").svg == CHARTS[chart](values, "Chat").svg


@pytest.mark.parametrize("chart", CHARTS)
def test_ids_begin_with_the_name_of_the_chart(chart, drawn):
    made = CHARTS[chart](SERIES["ordinary"], "Chat")
    assert all(key.startswith(f"{made.name}-") for key in drawn(made).ids)


@pytest.mark.parametrize("chart", CHARTS)
def test_alt_text_is_kept_and_no_number_is_missing(chart):
    made = CHARTS[chart](SERIES["gaps"], "Chat")
    assert made.alt == ALT
    assert b"nan" not in made.svg
    assert b"inf" not in made.svg.replace(b"infinite", b"")


@pytest.mark.parametrize("chart", CHARTS)
def test_every_colour_is_of_the_palette(chart):
    import re

    from reports.palette import HEAT_STEPS, Colour

    used = set(re.findall(rb"#[0-9A-Fa-f]{6}", CHARTS[chart](SERIES["ordinary"], "Chat").svg))
    assert used <= {colour.encode() for colour in (*Colour, *HEAT_STEPS)}


def test_a_gap_is_not_bridged():
    whole = sparkline([1.0, 2.0, 3.0, 4.0], name="a", alt=ALT).svg.decode()
    broken = sparkline([1.0, 2.0, None, 3.0, 4.0], name="a", alt=ALT).svg.decode()
    assert whole.count("<path") == 1
    assert broken.count("<path") == 2


def test_a_lonely_point_between_gaps_is_a_dot():
    svg = sparkline([1.0, None, 2.0, None, 3.0], name="a", alt=ALT).svg.decode()
    assert "<path" not in svg
    assert svg.count("<circle") == 4  # three points and the end mark


def test_bars_start_at_zero_and_are_as_long_as_their_values(drawn):
    from xml.etree import ElementTree

    rows = [Bar(label="a", value=10.0, text="10"), Bar(label="b", value=40.0, text="40")]
    root = ElementTree.fromstring(horizontal_bars(rows, name="bars", alt=ALT).svg)
    short, long = (element for element in root.iter() if element.attrib.get("fill") == "#8DBBCB")
    assert short.attrib["x"] == long.attrib["x"]
    assert float(long.attrib["width"]) == pytest.approx(4 * float(short.attrib["width"]), rel=0.01)


def test_parts_of_a_stack_are_in_proportion():
    from xml.etree import ElementTree

    row = Share(label="Chat", on_time=90, overdue=10, on_time_label="", overdue_label="")
    root = ElementTree.fromstring(stacked_share([row], name="stack", alt=ALT, heads=Heads("", "")).svg)
    kept = next(element for element in root.iter() if element.attrib.get("fill") == "#0B4F6C")
    late = [element for element in root.iter() if element.attrib.get("fill", "").startswith("url(#stack")]
    assert float(kept.attrib["width"]) / (
        float(kept.attrib["width"]) + float(late[0].attrib["width"])
    ) == pytest.approx(0.9, abs=0.02)


def test_the_target_line_is_where_the_value_of_the_target_is():
    from xml.etree import ElementTree

    chart = line_with_target(
        [90.0, 90.0, 100.0, 80.0], name="a", alt=ALT, labels=["", "", "", ""], format=number, target=90.0
    )
    root = ElementTree.fromstring(chart.svg)
    target = next(element for element in root.iter() if element.attrib.get("stroke") == "#B5401A")
    line = next(element for element in root.iter() if element.attrib.get("stroke-width") == "1.9")
    assert line.attrib["d"].split("L")[0].split()[1] == target.attrib["y1"]


def test_a_diverging_scale_needs_bad_and_good_steps():
    with pytest.raises(ValueError, match="too few steps"):
        diverging_scale([Ratings(label="x", counts=[1, 2, 3])], name="r", alt=ALT)
    svg = diverging_scale([Ratings(label="x", counts=[1, 2, 3], bad=1, good=1)], name="r", alt=ALT).svg
    assert svg.count(b"<rect") == 3


def test_half_of_the_middle_steps_lies_on_each_side():
    from xml.etree import ElementTree

    one = [Ratings(label="x", counts=[2, 2, 2, 4], bad=1, good=1)]
    rectangles = [
        element.attrib
        for element in ElementTree.fromstring(diverging_scale(one, name="r", alt=ALT).svg).iter()
        if element.tag.endswith("rect")
    ]
    middle = float(rectangles[2]["x"])
    widths = [float(rectangle["width"]) + 0.7 for rectangle in rectangles]
    assert middle - float(rectangles[0]["x"]) == pytest.approx(widths[0] + widths[1], abs=0.2)
    assert widths[3] == pytest.approx(2 * widths[0], abs=0.2)


@pytest.mark.parametrize("values", [[0.0, 0.0, 0.0], [0.0, 40.0, 55.0]])
def test_a_month_with_nothing_is_a_stub_and_not_a_bar_of_the_ribbon(values):
    svg = ribbon(values, name="r", alt=ALT, height_mm=40.0).svg.decode()
    heights = [float(height) for height in re.findall(r'<rect[^>]* height="([\d.]+)"', svg)]
    assert min(heights) <= 3.0
    assert (max(heights) > 50) is (max(values) > 0)


@pytest.mark.parametrize(
    ("value", "low_good", "bright"), [(93.0, False, True), (91.0, False, False), (91.0, True, True)]
)
def test_bars_of_the_ribbon_are_bright_when_they_meet_the_target(value, low_good, bright):
    svg = ribbon([value], name="r", alt=ALT, target=92.0, is_low_good=low_good).svg.decode()
    assert ('fill="#8DBBCB"' in svg) is bright


@pytest.mark.parametrize("count", [3, 13, 92, 200])
def test_the_ribbon_has_one_bar_for_each_value(count):
    svg = ribbon([float(index % 7) for index in range(count)], name="r", alt=ALT, target=3.0).svg.decode()
    assert svg.count("<rect") == count
