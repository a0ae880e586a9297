"""What `report:` of review.yaml chooses reaches the report."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

import reports
from reports.section import AGENTS_LEFT_OUT
from tasks.configuration.model import ReportOptions
from tasks.render import render

MADE_FROM = {"digest": "0" * 64, "configuration": "1" * 64, "code": "2" * 64, "versions": {}}


@pytest.mark.parametrize(
    ("given", "wanted"),
    [({}, None), ({"agents": True}, None), ({"agents": False}, AGENTS_LEFT_OUT)],
    ids=["nothing said", "compared", "left out"],
)
def test_agents_are_in_the_report_unless_they_are_left_out(monkeypatch, given, wanted):
    seen = []
    monkeypatch.setattr(reports, "compose", lambda assessment, *, options, **_: seen.append(dict(options)))
    monkeypatch.setattr(reports, "render_report", lambda document: SimpleNamespace(pdf=b"%PDF", pages=1))
    rendered = render(SimpleNamespace(), ReportOptions.model_validate(given), ["en"], 1, MADE_FROM)
    assert [one.pages for one in rendered] == [1]
    assert seen[0]["agents"] == wanted
