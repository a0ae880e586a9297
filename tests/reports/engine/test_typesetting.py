"""The typesetter: nothing from outside, both markers, the same bytes everywhere."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest

from evaluation.errors import RenderError
from reports.charts.sparkline import sparkline
from reports.document import Attachment
from reports.gate import faults
from reports.typesetting import packaged_assets, render_pdf, style_sheet

ROOT = Path(__file__).parents[3]
CREATED = datetime(2026, 10, 5, 9, 0, tzinfo=UTC)
NAMESPACE = 'xmlns="http://www.w3.org/2000/svg"'
CHART = sparkline([1.0, 2.0, 3.0], name="spark", alt="Rises from 1 to 3")


def page(body: str, *, lang: str = "en", head: str = "") -> str:
    return (
        f'<!doctype html><html lang="{lang}"><head><title>t</title><style>{style_sheet()}</style>{head}</head>'
        '<body data-header="h" data-footer="f"><section class="section"><h1 data-kicker="K">Title</h1>'
        f"{body}</section></body></html>"
    )


def render(body: str, **named):
    named = {"language": "en", "title": "A title", "created": CREATED, **named}
    assets = named.pop("assets", {CHART.asset: CHART.svg})
    return render_pdf(page(body), assets, **named)


FIGURE = f'<img src="asset:spark.svg" alt="{CHART.alt}">'
STATUSES = "".join(
    f'<p><span class="status status-{name}">word</span></p>'
    for name in ("met", "at_risk", "missed", "in_progress", "no_data")
)


def test_a_document_passes_the_gate_without_a_complaint():
    attachment = Attachment("metrics.csv", "показатель;1\n".encode(), "Measurements")
    other = Attachment("members.csv", b"a;1\n", "Members")  # whose name comes before that of the first
    done = render(f"<p>Решено в срок ≥ 92 % → zażółć −5</p>{FIGURE}{STATUSES}", attachments=(attachment, other))
    assert done.warnings == ()
    assert faults(done.pdf) == ()
    assert done.pages == 1
    with pikepdf.open(BytesIO(done.pdf)) as file:
        assert file.attachments["metrics.csv"].get_file().read_bytes() == attachment.content
        assert str(file.Root.Lang) == "en"
        assert str(file.docinfo.Title) == "A title"
        assert str(file.docinfo.CreationDate).startswith("D:20261005090000")


@pytest.mark.parametrize("language", ["ru", "pl", "en"])
def test_the_language_is_that_of_the_call(language):
    with pikepdf.open(BytesIO(render("<p>x</p>", language=language).pdf)) as file:
        assert str(file.Root.Lang) == language


def test_only_the_packaged_fonts_are_used():
    pdf = render('<p style=\'font-family: "DejaVu Sans", "Arial", serif\'>text</p>').pdf
    with pikepdf.open(BytesIO(pdf)) as file:
        names = {
            str(item.BaseFont).split("+")[1]
            for item in file.objects
            if isinstance(item, pikepdf.Dictionary) and "/BaseFont" in item
        }
    assert names
    assert all(name.startswith(("IBM-Plex-Sans", "Source-Serif-4")) for name in names)


@pytest.mark.parametrize(
    "body",
    [
        '<img src="https://example.org/x.png" alt="x">',
        '<img src="file:///etc/passwd" alt="x">',
        '<img src="/etc/passwd" alt="x">',
        '<img src="asset:unknown.svg" alt="x">',
        '<img src="data:image/svg+xml,<svg/>" alt="x">',
        '<object data="file:///etc/passwd"></object>',
        '<embed src="file:///etc/passwd">',
        '<link rel="stylesheet" href="file:///etc/passwd">',
        '<style>@import url("https://example.org/x.css");</style>',
        '<style>body { background: url("file:///etc/passwd") }</style>',
        '<p style="background: url(//example.org/x)">x</p>',
        "<ul style=\"list-style-image: url('https://example.org/x')\"><li>x</li></ul>",
        '<style>@font-face { font-family: x; src: url("file:///etc/passwd") } p { font-family: x }</style><p>x</p>',
        f"<svg {NAMESPACE} width='9' height='9'><image href='file:///etc/passwd' width='9' height='9'/></svg>",
    ],
)
def test_nothing_outside_the_document_is_read(body):
    assert_reads_nothing(body, {CHART.asset: CHART.svg})


def test_a_drawing_cannot_reach_out_either():
    evil = f"<svg {NAMESPACE} width='9' height='9'><image href='file:///etc/passwd' width='9' height='9'/></svg>"
    assert_reads_nothing('<img src="asset:evil.svg" alt="x">', {"evil.svg": evil.encode()})


def assert_reads_nothing(body, assets):
    """Either the document is refused, or the address is never looked at."""
    seen = []
    sys.addaudithook(lambda event, details: seen.append(str(details)) if event in ("open", "socket.connect") else None)
    refusals = []
    try:
        pdf = render(body, assets=assets).pdf
    except RenderError as error:
        refusals.append(str(error))
        pdf = b""
    assert all("not given" in refusal for refusal in refusals)
    assert b"root:" not in pdf
    assert not [path for path in seen if "passwd" in path or "example.org" in path]


@pytest.mark.parametrize(
    ("body", "complaint"),
    [
        ("<p>客</p>", "notdef"),
        ('<p style="colour: red">x</p>', "colour"),
        ('<p><a href="#nowhere">x</a></p>', "nowhere"),
    ],
)
def test_what_the_typesetter_only_logs_is_handed_back(body, complaint, caplog):
    warnings = render(body).warnings
    assert any(complaint in warning for warning in warnings)
    assert not caplog.records


def test_a_naive_moment_is_refused():
    with pytest.raises(RenderError, match="time zone"):
        render("<p>x</p>", created=datetime(2026, 10, 5))


def test_the_environment_is_left_as_it_was(monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1")
    render("<p>x</p>")
    assert os.environ["SOURCE_DATE_EPOCH"] == "1"
    monkeypatch.delenv("SOURCE_DATE_EPOCH")
    render("<p>x</p>")
    assert "SOURCE_DATE_EPOCH" not in os.environ


def test_the_marks_of_the_style_sheet_are_packaged():
    import re

    named = set(re.findall(r"asset:([\w.-]+)", style_sheet()))
    assert named == set(packaged_assets())


PROGRAM = """
import sys, hashlib
from datetime import datetime, UTC
from reports.charts.stacked_share import Heads, Share, stacked_share
from reports.document import Attachment
from reports.typesetting import render_pdf, style_sheet
row = Share(label="Chat", on_time=9, overdue=1, on_time_label="90 %", overdue_label="10 %")
chart = stacked_share([row], name="stack", alt="x", heads=Heads("on time", "overdue"))
html = ('<!doctype html><html lang="pl"><head><style>' + style_sheet() + '</style></head>'
        '<body data-header="h" data-footer="f"><section class="section"><h1 data-kicker="K">Tytuł</h1>'
        '<p class="lead">Zażółć gęślą <b>jaźń</b></p><p class="tile"><span class="value">92,7</span></p>'
        '<img src="asset:stack.svg" alt="x"></section></body></html>')
done = render_pdf(html, {chart.asset: chart.svg}, language="pl", title="T", created=datetime(2026, 10, 5, tzinfo=UTC),
                  attachments=(Attachment("metrics.csv", b"a;b", "x"),))
print(hashlib.sha256(done.pdf).hexdigest(), done.pages, len(done.warnings))
"""


def test_two_processes_write_the_same_bytes(tmp_path):
    outcomes = []
    for seed, zone, locale, folder in (("1", "Asia/Tokyo", "C", tmp_path), ("77", "America/New_York", "C.UTF-8", ROOT)):
        environment = {
            **os.environ,
            "PYTHONHASHSEED": seed,
            "TZ": zone,
            "LC_ALL": locale,
            "PYTHONPATH": str(ROOT),
            "TMPDIR": str(tmp_path),
        }
        done = subprocess.run(
            [sys.executable, "-c", PROGRAM], cwd=folder, env=environment, capture_output=True, text=True, check=True
        )
        outcomes.append(done.stdout.strip())
    assert outcomes[0] == outcomes[1]
    assert outcomes[0].endswith(" 1 0")


def test_the_private_fonts_are_removed_with_the_process(tmp_path):
    subprocess.run(
        [sys.executable, "-c", PROGRAM],
        env={**os.environ, "PYTHONPATH": str(ROOT), "TMPDIR": str(tmp_path)},
        check=True,
        capture_output=True,
    )
    assert list(tmp_path.glob("service-review-fonts-*")) == []
