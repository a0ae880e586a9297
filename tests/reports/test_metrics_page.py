"""The page of metrics: every metric and story in it, in each language, English where nothing is translated yet."""

import re

import pytest

from evaluation.metric import Credit
from evaluation.metrics.catalogue import variants_by_id
from evaluation.metrics.documentation import example_of, is_companion
from evaluation.metrics.worked_stories import STORIES
from reports.language import Language, available
from reports.languages.extraction import metric_texts, template, worked_texts
from reports.metrics_page import metrics_page, page_name

PAGES = {code: metrics_page(Language.named(code)) for code in available()}


@pytest.mark.parametrize("code", available())
def test_every_metric_variant_and_story_is_on_the_page(code):
    page = PAGES[code]
    for metric_id, variants in variants_by_id().items():
        if not is_companion(variants[0].metric):
            assert len(re.findall(rf"^### .* `{metric_id}`", page, re.MULTILINE)) == len(variants), metric_id
    for story in STORIES:
        assert f"### `{story.id}`" in page
        for name in story.tables:
            assert f"`{name}`" in page


@pytest.mark.parametrize("code", available())
def test_who_is_credited_is_said_of_every_metric_in_every_language(code):
    language = Language.named(code)
    sections = re.split(r"^### ", PAGES[code], flags=re.MULTILINE)
    told = [section for section in sections if f"- {language.gettext('Unit')}: " in section]
    words = {language.gettext_or_same(credit.value) for credit in Credit}
    assert len(words) == len(Credit)
    assert code == "en" or not words & {credit.value for credit in Credit}
    assert len(told) == sum(
        len(variants) for variants in variants_by_id().values() if not is_companion(variants[0].metric)
    )
    for section in told:
        (line,) = (
            row for row in section.splitlines() if row.startswith(f"- {language.gettext('Credited among agents')}: ")
        )
        assert any(text in line for text in words)
    csat = next(section for section in told if "`csat`, " in section)
    assert "`surveys: {credited: most_replies}`" in csat


@pytest.mark.parametrize("code", available())
def test_tables_are_tables(code):
    lines = PAGES[code].splitlines()
    for number, line in enumerate(lines):
        if line.startswith("| --- |") or line.startswith("|" + " --- |"):
            width = line.count("---")
            rows = [row for row in lines[number - 1 : number + 3] if row.startswith("| ") and "---" not in row]
            assert all(len(re.findall(r"(?<!\\)\|", row)) == width + 1 for row in rows), rows


def test_an_example_stands_with_its_metric():
    page = PAGES["en"]
    section = page[page.index("`csat`, variant `top_box` (default)") :].split("###")[0]
    assert example_of("csat", "top_box").because in section
    assert "Example: value 60.0%, n = 5." in section


def test_pages_name_each_other():
    for code in available():
        linked = set(re.findall(r"\]\((metrics[.a-z]*md)\)", PAGES[code]))
        assert linked == {page_name(other) for other in available() if other != code}


def test_another_language_is_another_text():
    assert "Доступность" in PAGES["ru"] or Language.named("ru").pgettext("pillar", "Availability") == "Availability"
    assert Language.named("ru").gettext("Population") in PAGES["ru"]
    assert Language.named("pl").gettext("Population") in PAGES["pl"]


def test_all_its_sentences_are_in_the_template():
    known = {(message.context, message.id) for message in template()}
    assert {(None, text) for text in metric_texts() | worked_texts()} <= known
    for sentence in ("Metrics", "Further stories", "Smallest sample", "waited {minutes} with a bot first"):
        assert (None, sentence) in known
    assert ("pillar", "Loyalty") in known
