"""Filled worksheets read back: what was marked is what counts, and what cannot be is named cell by cell."""

import io
from datetime import UTC, date, datetime
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from pydantic import TypeAdapter, ValidationError

from evaluation.audit_population import Case, Population
from evaluation.audit_sampling import SamplePlan, draw_sample
from evaluation.audit_worksheet import RECORD_SHEET
from evaluation.errors import SourceError
from evaluation.facts import derive
from evaluation.metrics import measure
from evaluation.period import Period
from evaluation.settings import Settings
from evaluation.tables import Tables
from reports.language import Language
from reports.worksheet import worksheet
from tasks.collect import check_sources, collect
from tasks.sources.source import SourceConfig

CUT = datetime(2026, 10, 2, 8, tzinfo=UTC)
PERIOD = Period.parse("2026-Q3", zone="Europe/Warsaw")
LETTER = {
    "id": "letter", "kind": "correspondence", "version": "3", "scale": {"min": 1, "max": 5},
    "root_causes": ["Knowledge", "A slip"],
    "criteria": [{"id": "greeting"}, {"id": "solution", "weight": 3, "always_applies": True},
                 {"id": "share", "scale": {"min": 0, "max": 0.5}}],
}  # fmt: skip
CALL = {"id": "call", "version": "1", "scale": {"min": 0, "max": 1}, "criteria": [{"id": "voice"}]}
SETTINGS = Settings.model_validate(
    {"organisation": {"name": "Northwind Care", "time_zone": "Europe/Warsaw"}, "scorecards": [LETTER, CALL]}
)
SOURCE = TypeAdapter(SourceConfig).validate_python(
    {"id": "audits", "kind": "audit_worksheet", "files": ["audits/2026-Q3*.xlsx"]}
)
LETTERS, CALLS = "Correspondence", "Calls"
GREETING, SOLUTION, SHARE, AUDITOR, AUDITED_ON, CAUSE, COMMENT = "HIJKLMN"
"""Columns of the sheet of letters; the first row of cases is 4."""


def a_sample():
    cases = [
        Case(kind=kind, id=f"{source}:{number}", at=datetime(2026, 8, 3, 10 + number, tzinfo=UTC),
             agent=f"a{number % 2}", team="First line", branch="Gdańsk", channel="email", topic="Delivery")
        for kind, source in (("tickets", "desk"), ("calls", "pbx"))
        for number in range(4)
    ]  # fmt: skip
    plan = SamplePlan(seed="s", per_agent=2, double=2)
    return draw_sample(Population(cases=cases), plan, organisation="Northwind Care", period=PERIOD, cut=CUT)


SAMPLE = a_sample()
WORKSHEETS = {
    (auditor, code): worksheet(SAMPLE, SETTINGS, Language.named(code), auditor=auditor)
    for auditor, code in ((1, "en"), (2, "en"), (1, "pl"))
}


class Desk:
    """A folder of worksheets that auditors fill in."""

    def __init__(self, folder: Path) -> None:
        self.root, self.workdir = folder / "root", folder / "run"
        (self.root / "audits").mkdir(parents=True)

    def fill(self, cells=None, *, name="2026-Q3.xlsx", auditor=1, language="en", change=None):
        """Write into cells by sheet and address, as an auditor does; `change` does what an auditor must not."""
        book = openpyxl.load_workbook(io.BytesIO(WORKSHEETS[auditor, language]))
        for sheet, own in (cells or {}).items():
            for address, value in own.items():
                book[sheet][address] = value
        if change is not None:
            change(book)
        book.save(self.root / "audits" / name)
        return book

    def collect(self):
        return collect([SOURCE], self.root, self.workdir)

    def frame(self) -> pd.DataFrame:
        return pd.read_parquet(self.collect().tables["audits"])

    def account(self):
        (account,) = self.collect().intake
        return account


@pytest.fixture
def desk(tmp_path):
    return Desk(tmp_path)


def whole(row=4, *, greeting=5, solution=4, share=0.25, auditor="q01", on=date(2026, 9, 30), **further):
    """The cells of a finished letter."""
    return {f"{GREETING}{row}": greeting, f"{SOLUTION}{row}": solution, f"{SHARE}{row}": share,
            f"{AUDITOR}{row}": auditor, f"{AUDITED_ON}{row}": on, **further}  # fmt: skip


def test_a_finished_row_is_an_audit_with_a_mark_for_each_criterion(desk):
    book = desk.fill({LETTERS: whole(**{f"{CAUSE}4": "A slip", f"{COMMENT}4": "+1 day was promised"})})
    frame = desk.frame()
    ticket = book[LETTERS]["B4"].value
    assert frame[["criterion_id", "mark", "is_not_applicable"]].to_numpy().tolist() == [
        ["greeting", 5.0, False], ["solution", 4.0, False], ["share", 0.25, False],
    ]  # fmt: skip
    one = frame.iloc[0]
    case = next(case for case in SAMPLE.cases if case.id == ticket)
    assert (one.ticket_id, one.agent_id, one.team_id, one.branch_id) == (ticket, case.agent, "First line", "Gdańsk")
    assert one.audit_id == f"audits:{SAMPLE.draw_id}-1-{ticket}"
    assert (one.kind, one.scorecard_id, one.scorecard_version) == ("correspondence", "letter", "3")
    assert (one.auditor_id, one.root_cause, one.comment) == ("q01", "A slip", "+1 day was promised")
    assert one.audited_at == pd.Timestamp("2026-09-29 22:00", tz="UTC")  # midnight in Warsaw
    assert not frame.is_calibration.any()
    assert frame.call_id.isna().all()


def test_a_call_is_an_audit_of_a_call(desk):
    desk.fill({CALLS: {"H4": 1, "I4": "q01", "J4": date(2026, 9, 30)}})
    (one,) = desk.frame().itertuples()
    assert (one.kind, one.mark) == ("call", 1.0)
    assert pd.isna(one.ticket_id)
    assert one.call_id.startswith("pbx:")


def test_what_is_not_begun_or_not_finished_is_counted_and_no_fault(desk):
    cells = {LETTERS: {**whole(4), f"{GREETING}5": 3, f"{AUDITOR}5": "q01", f"{COMMENT}6": "the ticket was deleted"}}
    desk.fill(cells)
    account = desk.account()
    assert account.excluded == {"audit not begun": 5, "audit not finished": 2}
    assert account.rows_out == 3
    assert account.rows_in == account.rows_out + sum(account.excluded.values())


@pytest.mark.parametrize(
    ("written", "meant"),
    [(3, 3.0), ("3", 3.0), (" 3 ", 3.0), (3.0, 3.0), ("not applicable", None), ("Not Applicable ", None)],
)
def test_how_a_mark_may_be_written(desk, written, meant):
    desk.fill({LETTERS: whole(greeting=written)})
    mark = desk.frame().iloc[0]
    assert (None if pd.isna(mark.mark) else mark.mark) == meant
    assert mark.is_not_applicable == (meant is None)


def test_a_decimal_comma_is_read(desk):
    desk.fill({LETTERS: whole(share="0,25")})
    assert desk.frame().iloc[2].mark == 0.25


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (date(2026, 10, 5), "2026-10-04T22:00:00+00:00"),
        (datetime(2026, 10, 5, 14, 30), "2026-10-05T12:30:00+00:00"),
        ("2026-10-05", "2026-10-04T22:00:00+00:00"),
        (date(2026, 11, 5), "2026-11-04T23:00:00+00:00"),
    ],
)
def test_when_an_audit_was_done(desk, written, meant):
    desk.fill({LETTERS: whole(on=written)})
    assert desk.frame().audited_at.iloc[0] == pd.Timestamp(meant)


FAULTS = {
    "a mark off the scale": (whole(greeting=6), "'6' is no mark for 'greeting'", GREETING, "from 1 to 5"),
    "half a mark": (whole(greeting=3.5), "'3.5' is no mark", GREETING, "a whole number"),
    "a word for a mark": (whole(greeting="good"), "'good' is no mark", GREETING, "'not applicable'"),
    "a date for a mark": (whole(greeting=date(2026, 2, 1)), "'2026-02-01' is no mark", GREETING, "whole number"),
    "a truth for a mark": (whole(greeting=True), "is no mark", GREETING, "whole number"),
    "nothing applies that must": (whole(solution="not applicable"), "'not applicable' is no mark", SOLUTION, "1 to 5"),
    "a share off its scale": (whole(share=0.51), "'0.51' is no mark", SHARE, "a number from 0 to 0.5"),
    "no auditor": (whole(auditor=None), "an auditor is missing", AUDITOR, "fill in"),
    "a blank auditor": (whole(auditor="  "), "an auditor is missing", AUDITOR, "fill in"),
    "no day": (whole(on=None), "the day of the audit is missing", AUDITED_ON, "fill in"),
    "no such day": (whole(on="31.09.2026"), "'31.09.2026' is no day", AUDITED_ON, "2026-10-05"),
    "a day before the case": (whole(on=date(2026, 8, 2)), "before it was done on 2026-08-03", AUDITED_ON, "correct"),
    "a cause of one's own": (whole(**{f"{CAUSE}4": "Mars"}), "'Mars' is none", CAUSE, "Knowledge, A slip"),
    "a wrong mark in an unfinished row": ({f"{GREETING}4": 9}, "'9' is no mark", GREETING, "from 1 to 5"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_what_cannot_be_is_named_with_its_cell_and_a_remedy(desk, name):
    cells, found, column, remedy = FAULTS[name]
    book = desk.fill({LETTERS: cells})
    with pytest.raises(SourceError) as caught:
        desk.collect()
    assert found in caught.value.found
    header = book[LETTERS][f"{column}3"].value
    assert caught.value.where == f"audits/2026-Q3.xlsx, sheet Correspondence, row 4, column {header!r}"
    assert remedy in caught.value.remedy


def test_all_faults_of_a_worksheet_are_counted(desk):
    desk.fill({LETTERS: {**whole(4, greeting=6, solution=0), **whole(5, auditor=None)}})
    with pytest.raises(SourceError, match=r"\(and 2 more in this worksheet\)"):
        desk.collect()


def rename(sheet, address, value):
    def change(book):
        book[sheet][address] = value

    return change


def drop_row(book):
    book[LETTERS].delete_rows(5)


def drop_column(book):
    book[LETTERS].delete_cols(9)


def copy_row(book):
    sheet = book[LETTERS]
    sheet.append([cell.value for cell in sheet[4]])


TAMPERED = {
    "an id that was not drawn": (rename(LETTERS, "B4", "desk:77"), "'desk:77' was not drawn", "row 4, column 'Ticket'"),
    "no id": (rename(LETTERS, "B4", None), "does not say which case", "row 4, column 'Ticket'"),
    "a case that was taken out": (drop_row, "was drawn and has no row any more", "sheet Correspondence"),
    "a row twice": (copy_row, "stands in row 4 already", "row 8, column 'Ticket'"),
    "another agent": (rename(LETTERS, "D4", "somebody"), "the row says 'somebody'", "row 4, column 'Agent'"),
    "a header": (rename(LETTERS, "H3", "Politeness"), "the header 'greeting' is gone", "row 3"),
    "a column": (drop_column, "the header 'solution' is gone", "row 3"),
    "a sheet": (lambda book: book.remove(book[CALLS]), "the sheet 'Calls' is gone", "audits/2026-Q3.xlsx"),
    "its record": (lambda book: book.remove(book[RECORD_SHEET]), "is no audit worksheet", "audits/2026-Q3.xlsx"),
    "a line of its record": (rename(RECORD_SHEET, "A4", "{}"), "was changed after it was written", RECORD_SHEET),
}


@pytest.mark.parametrize("name", TAMPERED)
def test_a_worksheet_that_is_not_what_was_drawn_is_refused(desk, name):
    change, found, where = TAMPERED[name]
    desk.fill({LETTERS: whole()}, change=change)
    with pytest.raises(SourceError) as caught:
        desk.collect()
    assert found in caught.value.found
    assert where in caught.value.where
    assert caught.value.remedy


def test_ids_that_were_exchanged_are_noticed_by_their_agents(desk):
    """Both ids were drawn, so only whose case it is tells that somebody moved them."""

    def change(book):
        sheet = book[LETTERS]
        other = next(row for row in range(5, 8) if sheet[f"D{row}"].value != sheet["D4"].value)
        sheet["B4"], sheet[f"B{other}"] = sheet[f"B{other}"].value, sheet["B4"].value

    desk.fill({LETTERS: whole()}, change=change)
    with pytest.raises(SourceError, match="was drawn for"):
        desk.collect()


def test_rows_may_be_sorted_otherwise(desk):
    def change(book):
        sheet = book[LETTERS]
        rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=4, max_row=7)]
        for number, values in enumerate(reversed(rows), start=4):
            for place, value in enumerate(values, start=1):
                sheet.cell(number, place).value = value

    desk.fill({LETTERS: whole()}, change=change)
    assert len(desk.frame()) == 3


def test_no_worksheet_yet_is_no_fault_and_no_table(desk):
    collected = desk.collect()
    assert "audits" not in collected.tables
    assert collected.intake[0].rows_in == 0
    desk.fill()
    collected = desk.collect()
    assert "audits" not in collected.tables
    assert collected.intake[0].excluded == {"audit not begun": 8}


def test_a_file_that_an_office_program_leaves_beside_an_open_one_is_none(desk):
    desk.fill({LETTERS: whole()})
    (desk.root / "audits" / "~$2026-Q3.xlsx").write_bytes(b"owner")
    assert len(desk.frame()) == 3


def test_the_same_audit_in_two_copies_counts_once(desk):
    desk.fill({LETTERS: whole()})
    desk.fill({LETTERS: {**whole(), **whole(5, auditor="q02")}}, name="2026-Q3-copy.xlsx")
    assert desk.account().excluded["mark of an audit that stands in another copy as well"] == 3
    assert len(desk.frame()) == 6


def test_copies_that_differ_are_refused_with_both_places(desk):
    desk.fill({LETTERS: whole()})
    desk.fill({LETTERS: whole(greeting=4)}, name="2026-Q3-copy.xlsx")
    with pytest.raises(SourceError) as caught:
        desk.collect()
    assert "audited differently in two copies" in caught.value.found
    assert "2026-Q3-copy.xlsx, sheet Correspondence, row 4; audits/2026-Q3.xlsx" in caught.value.where


def second_ticket(book):
    """The row in the first worksheet of the case that stands in row 4 of the second."""
    wanted = openpyxl.load_workbook(io.BytesIO(WORKSHEETS[2, "en"]))[LETTERS]["B4"].value
    return next(row for row in range(4, 8) if book[LETTERS][f"B{row}"].value == wanted)


def test_the_second_audit_is_for_agreement_and_no_score(desk):
    row = second_ticket(openpyxl.load_workbook(io.BytesIO(WORKSHEETS[1, "en"])))
    desk.fill({LETTERS: whole(row)})
    desk.fill({LETTERS: whole(greeting=1, auditor="q02")}, name="2026-Q3-second.xlsx", auditor=2)
    frame = desk.frame().drop_duplicates("audit_id").set_index("auditor_id")
    assert frame.ticket_id.nunique() == 1
    assert frame.is_calibration.to_dict() == {"q01": False, "q02": True}
    assert frame.is_blind.to_dict() == {"q01": False, "q02": True}


def test_one_person_is_not_both_auditors(desk):
    row = second_ticket(openpyxl.load_workbook(io.BytesIO(WORKSHEETS[1, "en"])))
    desk.fill({LETTERS: whole(row)})
    desk.fill({LETTERS: whole(auditor="Q01")}, name="2026-Q3-second.xlsx", auditor=2)
    with pytest.raises(SourceError, match="is the first and the second auditor"):
        desk.collect()


def test_a_worksheet_in_another_language_is_read_alike(desk):
    book = openpyxl.load_workbook(io.BytesIO(WORKSHEETS[1, "pl"]))
    title = next(sheet.title for sheet in book if sheet["H3"].value == "greeting" and sheet["J3"].value == "share")
    desk.fill({title: whole()}, language="pl")
    assert desk.frame().mark.tolist() == [5.0, 4.0, 0.25]


def test_what_is_no_workbook_is_refused(desk):
    (desk.root / "audits" / "2026-Q3.xlsx").write_bytes(b"PK\x03\x04 nonsense")
    with pytest.raises(SourceError, match="cannot be opened as a workbook"):
        desk.collect()
    openpyxl.Workbook().save(desk.root / "audits" / "2026-Q3.xlsx")
    with pytest.raises(SourceError, match="is no audit worksheet"):
        desk.collect()


def test_a_mapping_is_refused():
    given = {"id": "audits", "kind": "audit_worksheet", "files": "a.xlsx",
             "tables": [{"table": "returns", "columns": {"return_id": "x", "at": "y"}}]}  # fmt: skip
    with pytest.raises(ValidationError, match="remove `tables`"):
        TypeAdapter(SourceConfig).validate_python(given)


def test_the_check_tells_what_it_read_and_what_is_wrong(desk):
    (found,) = check_sources([SOURCE], desk.root)
    assert found.problems == ()
    assert found.summary.startswith("nothing is there yet")
    desk.fill({LETTERS: whole()})
    (found,) = check_sources([SOURCE], desk.root)
    assert found.problems == ()
    assert found.rows_by_table == {"audits": 3}
    desk.fill({LETTERS: whole(greeting=9)})
    (found,) = check_sources([SOURCE], desk.root)
    assert "'9' is no mark" in found.problems[0]


def test_the_figures_are_made_of_exactly_these_marks(desk):
    """Drawn, written, filled in, read and measured: the score by hand is the score of the report."""
    marks = {4: (5, 4, 0.5), 5: (1, 2, 0.0), 6: ("not applicable", 5, 0.25)}
    cells = {}
    for row, (greeting, solution, share) in marks.items():
        cells.update(whole(row, greeting=greeting, solution=solution, share=share))
    desk.fill({LETTERS: cells})
    facts = derive(Tables.from_frames({"audits": desk.frame()}), SETTINGS, CUT)
    measured = measure(facts, SETTINGS, PERIOD)
    by_hand = [(1 + 3 * 0.75 + 1) / 5, (0 + 3 * 0.25 + 0) / 5, (3 * 1 + 0.5) / 4]
    score = measured.get("correspondence_audit_score", "2026-Q3", statistic="mean")
    assert score.n == 3
    assert score.value == pytest.approx(sum(by_hand) / 3)
