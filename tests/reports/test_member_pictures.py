"""Members beside each other: one scale, alphabetical, nothing drawn from small samples; the flow by month."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from evaluation.measurement import Measurements
from reports.language import Language
from reports.member_pictures import flow_picture, members_picture

EN = Language.named("en")


def axis_texts(svg: bytes) -> list[str]:
    return re.findall(r'y="8"[^>]*>([^<]+)</text>', svg.decode())


def test_channels_and_teams_beside_each_other_have_one_scale(assessment):
    channel = members_picture(assessment, "csat", "channel", "a", EN, beside=("team",))
    team = members_picture(assessment, "csat", "team", "b", EN, beside=("channel",))
    assert axis_texts(channel.chart.svg) == axis_texts(team.chart.svg)
    assert len(axis_texts(channel.chart.svg)) >= 3  # round numbers, then the heading of the samples


def test_members_are_alphabetical_and_nobody_stands_out(assessment):
    chart = members_picture(assessment, "csat", "channel", "a", EN).chart
    names = re.findall(r'text-anchor="end"[^>]*>([^<]+)</text>', chart.svg.decode())
    shown = [name for name in names if name in ("Chat", "E-mail", "Messenger", "Web form")]
    assert shown == sorted(shown)
    assert b"#B5401A" not in chart.svg
    assert chart.alt.startswith("Customer satisfaction by channel: Chat 8")


def test_the_figure_and_its_sample_stand_beside_each_member(assessment):
    svg = members_picture(assessment, "csat", "channel", "a", EN).chart.svg.decode()
    row = next(
        row
        for row in assessment.measurements.members("csat", "2026-Q3", "channel", statistic="value")
        if row.member == "chat"
    )
    assert f"{row.value:.1%} · {row.n:,}" in svg


@pytest.mark.parametrize("metric", ["csat", "no_such_metric"])
def test_two_members_or_no_metric_make_no_picture(assessment, metric):
    frame = assessment.measurements.frame
    few = frame[(frame["dimension"] != "channel") | frame["member"].isin(["chat", "email"])]
    fewer = replace(assessment, measurements=Measurements(few))
    assert members_picture(fewer, metric, "channel", "a", EN) is None


def test_the_flow_names_its_series_and_its_last_backlog(assessment):
    picture = flow_picture(assessment, EN)
    assert picture.title == "Tickets created · Tickets solved · Backlog"
    backlog = assessment.measurements.get("backlog", "2026-09", statistic="value")
    assert f">{backlog.value:,.0f}</text>" in picture.chart.svg.decode()
