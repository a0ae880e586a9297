"""The finished PDF: its text is the assessment's, its pages are bounded, and two runs give the same bytes."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
from dataclasses import replace

import pikepdf
import pytest

from reports import compose, render_report
from reports.formats import amount, number
from reports.language import Language

pdftotext = pytest.mark.skipif(shutil.which("pdftotext") is None, reason="needs poppler's pdftotext")


def text_of(pdf: bytes, *, layout: bool = False) -> str:
    command = ["pdftotext", *(["-layout"] if layout else []), "-", "-"]
    printed = subprocess.run(command, input=pdf, capture_output=True, check=True).stdout.decode()
    return " ".join(printed.replace("\u00a0", " ").replace("\u200b", "").split())


@pytest.fixture(scope="module", params=["en", "ru", "pl"])
def report(request, assessment):
    return render_report(compose(assessment, language=request.param, options={"confidentiality": "internal"}))


def test_the_typesetter_complains_about_nothing(report):
    assert report.warnings == ()


def test_the_number_of_pages_is_bounded(report):
    assert 9 <= report.pages <= 11


@pdftotext
def test_the_printed_figures_are_those_of_the_assessment(report, assessment):
    language, printed = Language.named(report.language), text_of(report.pdf)
    for figure in assessment.figures:
        value = amount(figure.value, figure.metric.unit, language, against=figure.target)
        assert value.parts[0][0].replace("\u00a0", " ") in printed
    for goal in assessment.goals:
        assert amount(goal.figure.value, goal.figure.metric.unit, language).text.replace("\u00a0", " ") in printed
    for row in assessment.measurements.members("sla_attainment", "2026-Q3", "topic", statistic="value"):
        assert (
            amount(row.value, assessment.catalogue["sla_attainment"].unit, language).text.replace("\u00a0", " ")
            in printed
        )
    for size in ("tickets", "answers"):
        assert number(assessment.sizes[size], language).replace("\u00a0", " ") in printed


def test_page_one_is_the_cover_alone(report):
    with pikepdf.open(io.BytesIO(report.pdf)) as pdf, pdf.open_outline() as outline:
        pages = [pdf.pages.index(pikepdf.Page(item.destination[0])) for item in outline.root if item.destination]
        assert pages[:2] == [0, 1]
        assert len(outline.root) >= 11


def test_the_measurements_are_attached(report):
    with pikepdf.open(io.BytesIO(report.pdf)) as pdf:
        (name,) = pdf.attachments
        content = pdf.attachments[name].get_file().read_bytes()
    assert name == "metrics.csv"
    assert content.startswith(b"\xef\xbb\xbfmetric_id;")
    assert content.count(b"\r\n") > 100


def test_the_html_companion_holds_the_same_words(report, assessment):
    html = report.html
    assert f'lang="{report.language}"' in html
    assert "asset:" not in html.split("</style>")[-1]
    plain = re.sub(r'<span class="together">(.*?)</span>', r"\1", html.replace("\u00a0", " "))
    for goal in assessment.goals:
        assert goal.statement in plain


def test_two_runs_give_the_same_bytes(assessment):
    first, second = (render_report(compose(assessment, language="pl")).pdf for _ in range(2))
    assert first == second


@pdftotext
@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("en", "Nothing could be measured"),
        ("ru", "измерить ничего не удалось"),
        ("pl", "niczego nie udało się zmierzyć"),
    ],
)
def test_an_assessment_without_figures_is_still_an_honest_report(empty_assessment, code, words):
    report = render_report(compose(empty_assessment, language=code))
    assert report.warnings == ()
    assert report.pages <= 4
    assert words in text_of(report.pdf)
    assert "0%" not in text_of(report.pdf)


@pdftotext
def test_hostile_text_is_printed_as_text(assessment):
    goal = replace(assessment.goals[0], statement="<b>Faster</b> = 1 & {{ 7*7 }} " + "x" * 300)
    report = render_report(compose(replace(assessment, goals=(goal,), decisions=()), language="en"))
    assert "<b>Faster</b> = 1 & {{ 7*7 }}" in text_of(report.pdf)
    assert report.pages <= 11


def test_the_report_has_as_many_pages_as_were_planned(report):
    planned = sum(section.pages - section.follows for section in report.document.sections)
    assert report.pages == planned
