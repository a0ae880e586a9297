"""What `report:` of review.yaml chooses reaches the report."""

from __future__ import annotations

import sys
from types import SimpleNamespace

import pytest

import reports
from reports.section import AGENTS_LEFT_OUT
from tasks.configuration.model import ReportOptions
from tasks.render import render
from tasks.second_process import SecondProcess

MADE_FROM = {"digest": "0" * 64, "configuration": "1" * 64, "code": "2" * 64, "versions": {}}


@pytest.mark.parametrize(
    ("given", "wanted"),
    [({}, None), ({"agents": True}, None), ({"agents": False}, AGENTS_LEFT_OUT)],
    ids=["nothing said", "compared", "left out"],
)
def test_agents_are_in_the_report_unless_they_are_left_out(monkeypatch, given, wanted):
    seen = []

    def compose(assessment, *, language, options, **_):
        seen.append(dict(options))
        return language

    monkeypatch.setattr(reports, "compose", compose)
    rendered = rendered_here(monkeypatch, ReportOptions.model_validate(given), ["en"])
    assert [one.pages for one in rendered] == [1]
    assert seen[0]["agents"] == wanted


@pytest.mark.parametrize("languages", [["pl"], ["ru", "en"], ["pl", "en", "ru"]])
def test_reports_come_in_the_order_of_their_languages(monkeypatch, languages):
    monkeypatch.setattr(reports, "compose", lambda assessment, *, language, **_: language)
    rendered = rendered_here(monkeypatch, ReportOptions(), languages)
    assert [one.language for one in rendered] == languages


def rendered_here(monkeypatch, options, languages):
    """Without a second process."""
    finished = SimpleNamespace(pdf=b"%PDF", pages=1)
    monkeypatch.setattr(reports, "render_report", lambda language: SimpleNamespace(language=language, **vars(finished)))
    monkeypatch.setitem(sys.modules, "great_expectations", SimpleNamespace())
    with SecondProcess() as second:
        return render(SimpleNamespace(), options, languages, 1, MADE_FROM, second)
