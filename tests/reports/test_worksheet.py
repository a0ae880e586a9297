"""The worksheet as a spreadsheet program sees it: lists, locks, notes, harmless text, the same bytes again."""

import io
import json
import re
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import openpyxl
import pytest
from ruamel.yaml import YAML

from evaluation.audit_population import Case, Population
from evaluation.audit_sampling import SamplePlan, draw_sample
from evaluation.audit_worksheet import RECORD_SHEET, WorksheetRecord, cell_text, scorecard_for
from evaluation.errors import ConfigError
from evaluation.period import Period
from evaluation.settings import Settings
from reports.language import Language
from reports.worksheet import record_of, worksheet
from reports.worksheet_draw import command

CUT = datetime(2026, 10, 2, 8, tzinfo=UTC)
PERIOD = Period.parse("2026-Q3", zone="Europe/Warsaw")
HOSTILE = ['=HYPERLINK("http://evil.example","x")', "+1+1", "-2+3", "@SUM(A1)", "http://evil.example/?a=1", "\t=1+1",
           "_x0041_\x07bell", "12345678901234567890", "<script>&amp;", "файл ёж żółć"]  # fmt: skip
LETTER = {
    "id": "letter", "kind": "correspondence", "version": "3", "scale": {"min": 1, "max": 3},
    "root_causes": ["Knowledge, or none", "A slip", "=1+1"],
    "criteria": [
        {"id": "greeting", "name": {"en": "Greeting", "pl": "Powitanie"}, "question": "Does it greet by name?"},
        {"id": "solution", "weight": 3, "critical": True, "line": 2, "always_applies": True},
        {"id": "extra", "bonus": True, "scale": {"min": 0, "max": 1}},
        {"id": "percent", "scale": {"min": 0, "max": 100}},
    ],
}  # fmt: skip
CALL = {"id": "call", "scale": {"min": 1, "max": 5}, "criteria": [{"id": "voice", "name": "=cmd|' /C calc'!A0"}]}
SETTINGS = Settings.model_validate(
    {"organisation": {"name": "Northwind Care", "time_zone": "Europe/Warsaw"}, "scorecards": [LETTER, CALL]}
)
ENGLISH = Language.named("en")


def a_sample(texts=("Delivery",) * 6, *, double=0, organisation="Northwind Care"):
    cases = [
        Case(kind=kind, id=f"desk:{number}", at=datetime(2026, 8, 3, 22, 30, tzinfo=UTC), agent=f"a{number % 2}",
             team=text, channel="email" if kind == "tickets" else "phone", topic=text)
        for kind in ("tickets", "calls")
        for number, text in enumerate(texts)
    ]  # fmt: skip
    plan = SamplePlan(seed="Northwind Care 2026-Q3", per_agent=20, double=double)
    left_out = {"tickets": {"no_agent": 7}}
    population = Population(cases=cases, left_out=left_out)
    return draw_sample(population, plan, organisation=organisation, period=PERIOD, cut=CUT)


def opened(content):
    return openpyxl.load_workbook(io.BytesIO(content))


@pytest.fixture(scope="module")
def sample():
    return a_sample(double=2)


@pytest.fixture(scope="module")
def book(sample):
    return opened(worksheet(sample, SETTINGS, ENGLISH, descriptions={("tickets", "desk:1"): "Mail a@example.org"}))


def test_the_sheets_in_their_order(book):
    visible = [sheet.title for sheet in book if sheet.sheet_state == "visible"]
    assert visible == ["How to fill in", "Correspondence", "Calls", "The draw"]
    assert book[RECORD_SHEET].sheet_state == "hidden"
    assert book.active.title == "Correspondence"


def test_a_row_for_each_case_and_a_column_for_each_criterion(book, sample):
    sheet = book["Correspondence"]
    headers = [cell.value for cell in sheet[3]]
    assert headers == ["No.", "Ticket", "Date", "Agent", "Team", "Channel", "Topic", "Subject", "Greeting", "solution",
                       "extra", "percent", "Auditor", "Audited on", "Root cause", "Comment"]  # fmt: skip
    ids = [row[1].value for row in sheet.iter_rows(min_row=4)]
    assert ids == [case.id for case in sample.cases if case.kind == "tickets"]
    one = next(row for row in sheet.iter_rows(min_row=4) if row[1].value == "desk:1")
    assert [cell.value for cell in one[3:8]] == ["a1", "Delivery", "E-mail", "Delivery", "Mail •••"]
    assert one[2].value == datetime(2026, 8, 4)  # 22:30 UTC is the next day in Warsaw
    assert all(cell.value is None for cell in one[8:])
    assert "Subject" not in [cell.value for cell in book["Calls"][3]]


def test_columns_in_which_nothing_stands_are_hidden_and_long_subjects_cut():
    cases = [Case(kind="tickets", id="desk:1", at=CUT, team="First line", channel="email")]
    plan = SamplePlan(seed="s", half_width=0.1, by="team")
    sample = draw_sample(Population(cases=cases), plan, organisation="X", period=PERIOD, cut=CUT)
    content = worksheet(sample, SETTINGS, ENGLISH, descriptions={("tickets", "desk:1"): "very " * 100})
    sheet = opened(content)["Correspondence"]
    assert [sheet.column_dimensions[letter].hidden for letter in "BDEG"] == [False, True, False, True]
    assert len(sheet["H4"].value) <= 120
    assert sheet["H4"].value.endswith("very…")


def lists(sheet):
    """Drop-downs and other rules by the letter of their column."""
    return {str(rule.sqref).rstrip("0123456789").split(":")[0].rstrip("0123456789"): rule
            for rule in sheet.data_validations.dataValidation}  # fmt: skip


def test_each_cell_to_fill_in_takes_only_what_it_should(book):
    rules = lists(book["Correspondence"])
    assert (rules["I"].type, rules["I"].formula1) == ("list", '"1,2,3,not applicable"')
    assert (rules["J"].type, rules["J"].formula1) == ("list", '"1,2,3"')  # it always applies
    assert (rules["K"].type, rules["K"].formula1) == ("list", '"0,1,not applicable"')
    assert rules["L"].type == "custom"
    assert rules["L"].formula1 == 'OR(AND(ISNUMBER(L4),L4>=0.0,L4<=100.0),L4="not applicable")'
    assert (rules["N"].type, rules["N"].operator) == ("date", "greaterThanOrEqual")
    assert datetime(1899, 12, 30).toordinal() + int(rules["N"].formula1) == datetime(2026, 7, 1).toordinal()
    assert rules["O"].type == "list"
    assert all(rule.errorStyle in (None, "stop") and rule.showErrorMessage for rule in rules.values())
    assert all(str(rule.sqref).endswith("9") and "4:" in str(rule.sqref) for rule in rules.values())  # six rows


def test_root_causes_are_chosen_from_a_sheet_because_they_may_hold_commas(book):
    name, _, cells = lists(book["Correspondence"])["O"].formula1.replace("'", "").partition("!")
    assert book[name].sheet_state == "hidden"
    assert [cell.value for (cell,) in book[name][cells.replace("$", "")]] == ["Knowledge, or none", "A slip", "=1+1"]


def test_only_what_is_to_be_filled_in_can_be_changed(book):
    for title in ("Correspondence", "Calls"):
        sheet = book[title]
        assert sheet.protection.sheet
        assert not sheet.protection.password
        headers = [cell.value for cell in sheet[3]]
        free = {headers[cell.column - 1] for row in sheet.iter_rows(min_row=4) for cell in row
                if not cell.protection.locked}  # fmt: skip
        first = headers.index("Topic") + (2 if "Subject" in headers else 1)
        assert free == set(headers[first:])
        assert sheet.freeze_panes == "C4"
        assert sheet.auto_filter.ref.startswith("A3:")
    assert all(book[name].protection.sheet for name in ("How to fill in", "The draw", RECORD_SHEET))


def test_a_header_tells_the_question_the_marks_and_what_they_count(book):
    sheet = book["Correspondence"]
    assert (
        sheet["I3"].comment.text
        == 'Does it greet by name?\nMarks from 1 to 3.\nWhere it does not apply: "not applicable".'
    )
    assert sheet["J3"].comment.text == "Marks from 1 to 3.\nWeight: 3.\nA mark below 2 makes the whole audit 0."
    assert sheet["K3"].comment.text.endswith("A bonus: it only adds.")


def test_it_prints_on_pages_with_their_headers(book):
    sheet = book["Correspondence"]
    assert sheet.page_setup.orientation == "landscape"
    assert sheet.page_setup.fitToHeight == 0
    assert sheet.print_title_rows == "$3:$3"
    assert "2026-Q3" in sheet.oddFooter.left.text


@pytest.mark.parametrize("language", ["en", "ru", "pl"])
def test_the_same_input_gives_the_same_bytes(sample, language):
    spoken = Language.named(language)
    assert worksheet(sample, SETTINGS, spoken) == worksheet(a_sample(double=2), SETTINGS, spoken)


def test_names_of_criteria_are_in_the_language_asked_for(sample):
    record = record_of(sample, SETTINGS, Language.named("pl"), 1)
    assert record.pages[0].criteria[0].label == "Powitanie"


def test_hostile_text_stays_text():
    content = worksheet(a_sample(HOSTILE, organisation=HOSTILE[0]), SETTINGS, ENGLISH,
                        descriptions={("tickets", f"desk:{n}"): text for n, text in enumerate(HOSTILE)})  # fmt: skip
    book = opened(content)
    for title in ("Correspondence", "Calls"):
        rows = list(book[title].iter_rows(min_row=4, max_col=8))
        assert {row[4].value for row in rows} == {cell_text(text) for text in HOSTILE}
        assert {row[6].value for row in rows} == {cell_text(text) for text in HOSTILE}
    for sheet in book:
        assert all(cell.data_type != "f" and cell.hyperlink is None for row in sheet.iter_rows() for cell in row)
    assert book["Calls"]["H3"].value == "=cmd|' /C calc'!A0"
    assert book["Calls"]["H3"].data_type == "s"
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    assert not any(
        b"<f>" in part or b"<f " in part for name, part in parts.items() if name.startswith("xl/worksheets/")
    )
    assert not any(name.startswith("xl/externalLinks") for name in parts)


def test_the_draw_identifies_itself(book, sample):
    sheet = book["The draw"]
    told = {row[0].value: row[1].value for row in sheet.iter_rows(min_row=3, max_row=12)}
    assert told["Seed"] == "Northwind Care 2026-Q3"
    assert told["Checksum of the draw"] == sample.digest
    assert told["Correspondence"] == "scorecard letter, version 3"
    assert told["To draw it again"] == command(sample)
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=13)]
    assert ["a0", "tickets", 3, 20, 3, "all there are"] in rows
    assert ["without an agent", "tickets", 7, None, None, None] in rows


def test_the_command_draws_it_again(sample):
    assert command(sample) == (
        "service-review sample 2026-Q3 --per-agent 20 --double 2 --kinds tickets,calls "
        '--seed "Northwind Care 2026-Q3" --as-of 2026-10-02T08:00:00+00:00'
    )


def test_the_record_inside_is_what_was_drawn(book, sample):
    lines = [row[0].value for row in book[RECORD_SHEET].iter_rows()]
    record = WorksheetRecord.from_lines(lines)
    assert record == record_of(sample, SETTINGS, ENGLISH, 1)
    assert [case.id for case in record.cases] == [case.id for case in sample.cases]


@pytest.mark.parametrize("forge", ["case", "checksum", "layout", "cut short"])
def test_a_record_that_was_changed_is_noticed(sample, forge):
    lines = list(record_of(sample, SETTINGS, ENGLISH, 1).lines())
    if forge == "case":
        lines[-2] = lines[-2].replace("desk:", "desk:9")
    elif forge == "checksum":
        lines[-1] = json.dumps({"checksum": "0" * 64})
    elif forge == "layout":
        lines[0] = lines[0].replace('"service_review_worksheet": 1', '"service_review_worksheet": 2')
    else:
        lines = lines[:-1]
    with pytest.raises(ValueError, match=r"changed|whole|layout"):
        WorksheetRecord.from_lines(lines)


def test_the_second_auditor_gets_only_the_cases_for_two_and_no_hint_of_the_others(sample):
    book = opened(worksheet(sample, SETTINGS, ENGLISH, auditor=2))
    ids = [row[1].value for row in book["Correspondence"].iter_rows(min_row=4)]
    assert ids == [case.id for case in sample.second if case.kind == "tickets"]
    assert len(ids) == 2
    assert "second auditor" in book["How to fill in"]["B3"].value


def cards(*scorecards):
    return Settings.model_validate(
        {"organisation": {"name": "X", "time_zone": "UTC"},
         "scorecards": [{"scale": {"min": 1, "max": 5}, "criteria": [{"id": "g"}], **card} for card in scorecards]}
    )  # fmt: skip


@pytest.mark.parametrize(
    ("scorecards", "chosen"),
    [
        ([{"id": "correspondence"}], "correspondence"),
        ([{"id": "call"}, {"id": "letter", "kind": "correspondence"}], "letter"),
        ([{"id": "correspondence"}, {"id": "letter", "kind": "correspondence"}], "letter"),
        ([{"id": "quality"}], "quality"),
        ([{"id": "quality", "version": "1", "until": "2026-01-01"},
          {"id": "quality", "version": "2", "from": "2026-01-01"}], "quality"),
        ([{"id": "quality", "version": "1"}, {"id": "quality", "version": "2", "from": "2026-01-01"},
          {"id": "quality", "version": "3", "from": "2027-01-01"}], "quality"),
    ],
)  # fmt: skip
def test_which_scorecard_applies(scorecards, chosen):
    card = scorecard_for(cards(*scorecards), "correspondence", CUT.date())
    assert card.id == chosen
    assert card.version in (None, "2")


@pytest.mark.parametrize(
    ("scorecards", "found"),
    [
        ([], "no scorecard"),
        ([{"id": "call"}, {"id": "mystery"}], "no scorecard"),
        ([{"id": "call"}], "no scorecard"),
        (
            [{"id": "correspondence", "version": "1"}, {"id": "correspondence", "version": "2"}],
            "not said which one of them applies",
        ),
        ([{"id": "correspondence", "until": "2026-01-01"}], "none of them is in force"),
    ],
)
def test_no_scorecard_or_too_many_are_refused(scorecards, found):
    with pytest.raises(ConfigError, match=found):
        scorecard_for(cards(*scorecards), "correspondence", CUT.date())


def test_the_scorecard_of_the_page_on_audits_makes_a_worksheet():
    page = (Path(__file__).parents[2] / "docs" / "audits.md").read_text("utf-8")
    given = YAML(typ="safe").load(re.search(r"^```yaml\n(scorecards:.*?)^```$", page, re.MULTILINE | re.DOTALL)[1])
    settings = Settings.model_validate({"organisation": {"name": "X", "time_zone": "UTC"}, **given})
    case = Case(kind="tickets", id="desk:1", at=CUT, agent="anna")
    plan = SamplePlan(seed="s", per_agent=1)
    sample = draw_sample(Population(cases=[case]), plan, organisation="X", period=PERIOD, cut=CUT)
    sheet = opened(worksheet(sample, settings, ENGLISH))["Correspondence"]
    rules = lists(sheet)
    assert [rules[letter].formula1 for letter in "HI"] == ['"0,1,2,not applicable"', '"0,1,2"']
    assert sheet["I3"].comment.text.startswith("Is the question answered?")
