"""Bad input: each kind ends in a clear error, with nothing half-written, or in a counted exclusion."""

import gzip
import io
import pickle
import re
import struct
import zipfile
from dataclasses import dataclass, field

import pandas as pd
import pytest
import xlsxwriter

from evaluation.errors import SourceError
from tasks.collect import collect_from_snapshots

HEAD = "id,created,channel\n"
GOOD = HEAD + "1,2026-07-01 10:00,email\n"


def packed(*entries: tuple[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries:
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return target.getvalue()


def locked(content: bytes) -> bytes:
    """A zip whose entries say that they are encrypted."""
    raw = bytearray(packed(("a.csv", content)))
    raw[6] |= 1
    central = raw.index(b"PK\x01\x02")
    raw[central + 8] |= 1
    return bytes(raw)


def workbook(*sheets: list[list]) -> bytes:
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"default_date_format": "yyyy-mm-dd hh:mm"}) as book:
        for rows in sheets:
            sheet = book.add_worksheet()
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)
    return target.getvalue()


def parquet(**columns) -> bytes:
    target = io.BytesIO()
    pd.DataFrame(columns).to_parquet(target)
    return target.getvalue()


@dataclass
class Bad:
    """One kind of bad input and what a person is told."""

    kind: str
    files: dict[str, str | bytes]
    found: str
    where: str
    remedy: str = "."
    settings: dict = field(default_factory=dict)
    columns: dict = field(default_factory=dict)
    mapping: dict = field(default_factory=dict)


REFUSED = [
    Bad("empty file", {"a__csv": ""}, "the file is empty", "^a.csv$", "export it again"),
    Bad("blank lines only", {"a__csv": "\n\n\n"}, "the file is empty", "^a.csv$"),
    Bad("missing file", {}, "'b.csv' is not there", "source desk, files", "relative to review.yaml",
        {"files": ["b.csv"]}),
    Bad("pattern without a match", {"a__csv": GOOD}, r"'\*\.tsv' is not there", "source desk", "pattern",
        {"files": ["*.tsv"]}),
    Bad("folder for a file", {"a__csv": GOOD}, "'.' is a folder", "source desk", ".", {"files": ["."]}),
    Bad("ragged row, too few", {"a__csv": GOOD + "2,2026-07-01 10:00\n"}, "2 cells, the header has 3",
        "a.csv, line 3", "ragged: exclude"),
    Bad("ragged row, too many", {"a__csv": GOOD + "2,2026-07-01 10:00,email,x\n"}, "4 cells, the header has 3",
        "a.csv, line 3", "delimiter"),
    Bad("too many cells cannot be filled", {"a__csv": GOOD + "2,2026-07-01 10:00,email,x\n"}, "4 cells",
        "a.csv, line 3", ".", {"ragged": "fill"}),
    Bad("NUL byte", {"a__csv": GOOD + "2,2026\0-07-01 10:00,email\n"}, "NUL byte", "a.csv, line 3", "utf-16-le"),
    Bad("UTF-16 without a mark", {"a__csv": GOOD.encode("utf-16-le")}, "NUL byte", "a.csv, line 1", "utf-16-le"),
    Bad("wrong encoding given", {"a__csv": GOOD.encode() + b"2,2026-07-01 10:00,\xb3\n"},
        r"not utf-8: byte 64 \(b3", "a.csv, line 3", "encoding", {"encoding": "utf-8"}),
    Bad("UTF-8 cut in a character", {"a__csv": (GOOD + "2,2026-07-01 10:00,ż").encode()[:-1]},
        "not utf-8: byte", "a.csv, line 3", "encoding", {"encoding": "utf-8"}),
    Bad("odd bytes after a UTF-16 mark", {"a__csv": GOOD.encode("utf-16") + b"x"}, "not utf-16", "a.csv, line"),
    Bad("quote never closed", {"a__csv": HEAD + '1,"2026-07-01 10:00,email\n2,x,y\n'}, "never closed",
        "a.csv, line 2", "quotes: none"),
    Bad("text after a closing quote", {"a__csv": GOOD + '2,"2026-07-01 10:00"x,email\n'}, "quotes of the row",
        "a.csv, line 3", "double the quote"),
    Bad("column used twice in the header", {"a__csv": "id,created,channel,id\n1,2026-07-01 10:00,email,2\n"},
        "'id' occurs 2 times", "a.csv", r"id \(1\), id \(2\)"),
    Bad("unknown column, near name", {"a__csv": "id,creatd,channel\n1,2026-07-01 10:00,email\n"},
        "no column 'created'; did you mean 'creatd'", "a.csv", "columns of the file: id, creatd, channel"),
    Bad("column in another case", {"a__csv": "ID,created,channel\n1,2026-07-01 10:00,email\n"}, "no column 'id'",
        "a.csv"),
    Bad("folded name of two columns", {"a__csv": "ID,Id,created,channel\n1,2,2026-07-01 10:00,email\n"},
        "'id' may be any of the columns 'ID', 'Id'", "a.csv", "exactly", {"columns": "folded"}),
    Bad("web page instead of an export", {"a__csv": "<!DOCTYPE html><html>Sign in</html>"}, "is a web page", "a.csv",
        "signed in"),
    Bad("workbook named csv", {"a__csv": workbook([["id"]])}, "is a workbook or an archive, not csv", "a.csv",
        "format: xlsx"),
    Bad("half a character in JSON", {"a__json": '[{"id": "a\\ud83d", "created": "2026-07-01", "channel": "email"}]'},
        "is not JSON", "a.json, record 1"),
    Bad("half a character in NDJSON", {"a__ndjson": '{"id": "a\\ud83d", "created": "2026-07-01", "channel": "email"}'},
        "is not JSON", "a.ndjson, line 1"),
    Bad("Parquet named json", {"a__json": parquet(id=["1"])}, "is a Parquet file, not json", "a.json"),
    Bad("unparsable stamp", {"a__csv": GOOD + "2,yesterday,email\n"}, "tickets.created_at: 'yesterday' is not a stamp",
        "a.csv, line 3, column 'created'", "format"),
    Bad("day that does not exist", {"a__csv": GOOD + "2,2026-02-30 10:00,email\n"}, "'2026-02-30 10:00'", "line 3"),
    Bad("hour 24", {"a__csv": GOOD + "2,2026-07-01 24:00,email\n"}, "24:00", "line 3"),
    Bad("zero date of MySQL", {"a__csv": GOOD + "2,0000-00-00 00:00:00,email\n"}, "0000-00-00", "line 3", "missing"),
    Bad("placeholder of .NET", {"a__csv": GOOD + "2,0001-01-01T00:00:00Z,email\n"}, "before 2 January 1900",
        "line 3, column 'created'", "under `missing`"),
    Bad("placeholder of SQL Server", {"a__csv": GOOD + "2,1900-01-01 00:00,email\n"}, "before 2 January 1900",
        "line 3", "under `missing`"),
    Bad("another pattern", {"a__csv": GOOD}, "not a stamp written as %d.%m.%Y", "line 2", ".", {},
        {"created_at": {"from": "created", "format": "%d.%m.%Y"}}),
    Bad("naive stamp without a zone", {"a__csv": GOOD}, "without a time zone", "line 2", "time_zone of source desk",
        {"time_zone": None}),
    Bad("value outside the mapping", {"a__csv": GOOD + "2,2026-07-01 10:00,Fax\n"}, "'Fax' is not among the values",
        "line 3, column 'channel'", "values:", {}, {"channel_code": {"from": "channel", "values": {"email": "email"}}}),
    Bad("value outside a closed list", {"a__csv": GOOD + "2,2026-07-01 10:00,Email\n"},
        "'Email' is not one of email, chat", "line 3, column 'channel'", "values:"),
    Bad("flag that is none", {"a__csv": "id,created,channel,spam\n1,2026-07-01,email,maybe\n"},
        "tickets.is_spam: 'maybe' is neither", "line 2, column 'spam'", "values:", {}, {"is_spam": "spam"}),
    Bad("whole number that is none", {"a__csv": "id,created,channel,n\n1,2026-07-01,email,2.5\n"},
        "'2.5' is not a whole number", "line 2, column 'n'", ".", {}, {"reply_count": "n"}),
    Bad("key lost by a spreadsheet", {"a__csv": HEAD + "4.9151E+11,2026-07-01,email\n"}, "has lost digits",
        "line 2, column 'id'", "as text"),
    Bad("key not given", {"a__csv": GOOD + ",2026-07-01 10:00,email\n"}, "ticket_id: is not given", "line 3",
        "exclude"),
    Bad("required value not given", {"a__csv": GOOD + "2,,email\n"}, "created_at: is not given", "line 3", "default"),
    Bad("key twice", {"a__csv": GOOD + "2,2026-07-01,email\n1,2026-07-02,chat\n"},
        "ticket_id 'desk:1' occurs more than once", "a.csv, line 2 and a.csv, line 4", "duplicates: first"),
    Bad("key twice, not identical", {"a__csv": GOOD + "1,2026-07-01 10:00,email\n1,2026-07-02,chat\n"},
        "'desk:1' occurs more than once", "a.csv, line 2 and a.csv, line 4", ".", mapping={"duplicates": "identical"}),
    Bad("key in two files", {"a__csv": GOOD, "b__csv": GOOD}, "occurs more than once",
        "a.csv, line 2 and b.csv, line 2"),
    Bad("stamp in row 40,001", {"a__csv": HEAD + "".join(f"{n},2026-07-01 10:00,email\n" for n in range(2, 40_001))
        + "x,32.01.2026,email\n"}, "'32.01.2026'", "a.csv, line 40001, column 'created'"),
    Bad("stamp after a text with line breaks",
        {"a__csv": HEAD + '1,2026-07-01,email\n"two\nlines\r\nhere",2026-07-01,email\n3,bad,email\n'},
        "'bad' is not a stamp", "a.csv, line 6"),
    Bad("truncated gz", {"a__csv__gz": gzip.compress(GOOD.encode() * 5000)[:-20]}, "a.csv.gz ends too early",
        "a.csv.gz", "copy it again"),
    Bad("gz that is none", {"a__csv__gz": GOOD}, "a.csv.gz is damaged", "a.csv.gz"),
    Bad("gz with a wrong checksum", {"a__csv__gz": gzip.compress(GOOD.encode())[:-8] + b"\0" * 8}, "is damaged",
        "a.csv.gz"),
    Bad("zip that is none", {"a__zip": b"no archive"}, "a.zip is damaged", "a.zip"),
    Bad("zip that points outside", {"a__zip": packed(("../../etc/a.csv", GOOD.encode()))},
        r"'\.\./\.\./etc/a\.csv', which points outside", "a.zip", "do not use"),
    Bad("zip with an absolute name", {"a__zip": packed(("/a.csv", GOOD.encode()))}, "points outside", "a.zip"),
    Bad("zip with a Windows path", {"a__zip": packed(("..\\a.csv", GOOD.encode()))}, "points outside", "a.zip"),
    Bad("zip in a zip", {"a__zip": packed(("b.zip", packed(("a.csv", b"x"))))}, "an archive inside an archive",
        "a.zip", "unpack"),
    Bad("zip with nothing to read", {"a__zip": packed(("readme.txt", b"x"))}, "holds no file", "a.zip", "members",
        {"members": ["*.csv"]}),
    Bad("zip with a password", {"a__zip": locked(GOOD.encode())}, "locked with a password", "a.zip"),
    Bad("zip bomb", {"a__zip": packed(("a.csv", GOOD.encode() + b"\n" * 3_000_000))}, "more than 1000000 bytes",
        "a.zip/a.csv", "limits", {"limits": {"bytes": 1_000_000}}),
    Bad("many files over the limit", {f"{n}__csv": GOOD + "\n" * 600 for n in "abcd"}, "more than 2000 bytes", "d.csv",
        "limits", {"limits": {"bytes": 2000}}),
    Bad("too many rows", {"a__csv": HEAD + "1,2026-07-01,email\n" * 11}, "more than 10 records", "a.csv", "limits",
        {"limits": {"rows": 10}}),
    Bad("broken line of NDJSON", {"a__ndjson": '{"id": 1}\n{"id": 2,\n'}, "the record is not JSON", "a.ndjson, line 2"),
    Bad("line of NDJSON that is a list", {"a__ndjson": '{"id": 1}\n[1]\n'}, "is a list, not an object",
        "a.ndjson, line 2"),
    Bad("NaN in NDJSON", {"a__ndjson": '{"id": NaN}\n'}, "the record is not JSON", "a.ndjson, line 1"),
    Bad("broken JSON", {"a__json": '[{"id": 1}\n'}, "the file is not JSON", "a.json, line", "format: ndjson"),
    Bad("JSON without a list", {"a__json": '{"data": {"items": []}}'}, "the records are not a list", "a.json",
        "data.items"),
    Bad("records that are not there", {"a__json": '{"data": {"items": []}}'}, "no 'rows' on the way", "a.json",
        "data.items", {"records": "data.rows"}),
    Bad("path that no record has", {"a__ndjson": '{"id": 1, "created": "2026-07-01", "channel": "email"}\n'},
        "no record has 'subjekt'", "a.ndjson", "optional", {}, {"subject": "subjekt"}),
    Bad("list where a value is needed",
        {"a__ndjson": '{"id": 1, "created": "2026-07-01", "channel": "email", "t": ["a"]}\n'},
        "is a list or an object", "a.ndjson, line 1, column 't'", "t.0", {}, {"subject": "t"}),
    Bad("two sheets and none chosen", {"a__xlsx": workbook([["id"]], [["id"]])}, "the workbook has 2 sheets", "a.xlsx",
        "Sheet1, Sheet2"),
    Bad("sheet that is not there", {"a__xlsx": workbook([["id"]])}, "no sheet 'Tickets'", "a.xlsx", "Sheet1",
        {"sheet": "Tickets"}),
    Bad("empty sheet", {"a__xlsx": workbook([])}, "is empty", "a.xlsx"),
    Bad("cut workbook", {"a__xlsx": workbook([["id"]])[:-30]}, "cannot be opened as a workbook", "a.xlsx", "save it"),
    Bad("stamp in a sheet", {"a__xlsx": workbook([["id", "created", "channel"], [], ["1", "soon", "email"]])},
        "'soon' is not a stamp", "a.xlsx, row 3, column 'created'"),
    Bad("cell beyond the header of a sheet",
        {"a__xlsx": workbook([["id", "created", "channel"], ["1", "2026-07-01", "email", "more"]])}, "4 cells",
        "a.xlsx, row 2"),
    Bad("cut Parquet", {"a__parquet": parquet(id=["1"])[:-10]}, "not a whole Parquet file", "a.parquet"),
    Bad("Parquet with words that are not UTF-8",
        {"a__parquet": parquet(id=["źle"]).replace("źle".encode(), b"\xff\xfe\xfdl")}, "not a whole Parquet",
        "a.parquet"),
    Bad("event without a case", {"a__csv": GOOD + ",2026-07-01 10:00,email\n"}, "belongs to no case",
        "line 3, column 'id'", "is_missing: false", mapping={"one_per": "id"},
        columns={"ticket_id": {"from": "id", "default": "none"}}),
    Bad("comparison with a word", {"a__csv": GOOD}, "'email' is not a number and cannot be compared", "line 2",
        "missing", mapping={"where": {"channel": {"at_least": 3}}}),
    Bad("thousands mark that was not announced", {"a__csv": 'id,created,channel,n\n1,2026-07-01,email,"1,234"\n'},
        "'1,234' is not a whole number", "line 2", "thousands", {}, {"reply_count": "n"}),
    Bad("header row that is blank", {"a__csv": "\n" + GOOD}, "line 1 is blank", "a.csv", "header_row",
        {"header_row": 1}),
]  # fmt: skip


@pytest.mark.parametrize("bad", REFUSED, ids=lambda bad: bad.kind)
def test_bad_input_is_refused_clearly_and_nothing_is_half_written(bad, pull, configure):
    pull.write(**bad.files)
    with pytest.raises(SourceError) as caught:
        pull(configure(bad.columns, mapping=bad.mapping, **bad.settings))
    error = caught.value
    assert re.search(bad.found, error.found), error
    assert re.search(bad.where, error.where), error
    assert re.search(bad.remedy, error.remedy), error
    assert str(pull.root) not in str(error)
    assert not (pull.workdir / "canonical").exists()
    assert not [path for path in pull.workdir.rglob("*") if "partial" in path.name or path.name == ".mapped"]


@dataclass
class Odd:
    """One kind of odd input that is counted: rows in, rows out, exclusions and notes."""

    kind: str
    files: dict[str, str | bytes]
    rows: tuple[int, int]
    excluded: dict[str, int] = field(default_factory=dict)
    notes: dict[str, int] = field(default_factory=dict)
    settings: dict = field(default_factory=dict)
    columns: dict = field(default_factory=dict)
    mapping: dict = field(default_factory=dict)


COUNTED = [
    Odd("header only", {"a__csv": HEAD}, (0, 0), notes={"a.csv has no records": 1}),
    Odd("blank rows", {"a__csv": GOOD + "\n,,\n  \n2,2026-07-01,chat\n"}, (5, 2), {"blank row": 3}),
    Odd("a million blank lines", {"a__csv": GOOD + "\n" * 1_000_000}, (1_000_001, 1), {"blank row": 1_000_000}),
    Odd("ragged rows left out", {"a__csv": GOOD + "2\n3,2026-07-01,email,x\n"}, (3, 1), {"ragged row": 2},
        settings={"ragged": "exclude"}),
    Odd("short rows filled", {"a__csv": "id,created,channel,topic\n1,2026-07-01,email\n"}, (1, 1),
        notes={"short row, missing cells taken as empty": 1}, settings={"ragged": "fill"}, columns={"topic": "topic"}),
    Odd("empty cells beyond the header", {"a__csv": GOOD + "2,2026-07-01,email,,\n"}, (2, 2)),
    Odd("stamp that is excluded", {"a__csv": GOOD + "2,never,email\n"}, (2, 1), {"created_at is not a stamp": 1},
        columns={"created_at": {"from": "created", "on_error": "exclude"}}),
    Odd("stamp taken as not given", {"a__csv": "id,created,channel,solved\n1,2026-07-01,email,never\n"}, (1, 1),
        notes={"solved_at: is not a stamp, taken as not given": 1},
        columns={"solved_at": {"from": "solved", "on_error": "missing"}}),
    Odd("key not given, excluded", {"a__csv": GOOD + ",2026-07-01,email\n"}, (2, 1), {"ticket_id is not given": 1},
        columns={"ticket_id": {"from": "id", "on_error": "exclude"}}),
    Odd("value that excludes", {"a__csv": GOOD + "2,bad stamp too,Team\n"}, (2, 1), {"internal": 1},
        columns={"channel_code": {"from": "channel", "values": {"email": "email", "Team": {"exclude": "internal"}}}}),
    Odd("every other value excludes", {"a__csv": GOOD + "2,2026-07-01,x\n3,2026-07-01,y\n"}, (3, 1), {"other": 2},
        columns={"channel_code": {"from": "channel", "values": {"email": "email"}, "otherwise": {"exclude": "other"}}}),
    Odd("another value taken as other", {"a__csv": GOOD + "2,2026-07-01,fax\n"}, (2, 2),
        notes={"channel_code: another value taken as other": 1},
        columns={"channel_code": {"from": "channel", "values": {"email": "email"}, "otherwise": "other"}}),
    Odd("default", {"a__csv": GOOD + "2,2026-07-01,\n"}, (2, 2), notes={"channel_code: not given, taken as form": 1},
        columns={"channel_code": {"from": "channel", "default": "form"}}),
    Odd("filter", {"a__csv": GOOD + "2,2026-07-01,chat\n"}, (2, 1), {"channel is chat": 1},
        mapping={"where": {"channel": {"not_in": ["chat"]}}}),
    Odd("first of a key", {"a__csv": GOOD + "1,2026-07-02,chat\n"}, (2, 1), {"duplicate ticket_id": 1},
        mapping={"duplicates": "first"}),
    Odd("last of a key", {"a__csv": GOOD + "1,2026-07-02,chat\n"}, (2, 1), {"duplicate ticket_id": 1},
        mapping={"duplicates": "last"}),
    Odd("identical rows", {"a__csv": GOOD + "1,2026-07-01 10:00,email\n"}, (2, 1), {"identical row": 1},
        mapping={"duplicates": "identical"}),
    Odd("spaces around a key", {"a__csv": HEAD + " 1 ,2026-07-01,email\n"}, (1, 1),
        notes={"ticket_id: spaces around it removed": 1}),
    Odd("hour that occurred twice", {"a__csv": HEAD + "1,2026-10-25 02:30,email\n"}, (1, 1),
        notes={"created_at: local time occurred twice, taken as the first": 1}),
    Odd("hour that never was", {"a__csv": HEAD + "1,2026-03-29 02:30,email\n"}, (1, 1),
        notes={"created_at: local time did not exist, moved forward": 1}),
    Odd("second format", {"a__csv": GOOD + "2,3.7.2026,chat\n"}, (2, 2), notes={"created_at: read as %d.%m.%Y": 1},
        columns={"created_at": {"from": "created", "format": ["iso", "%d.%m.%Y"]}}),
    Odd("guessed encoding", {"a__csv": ("id,created,channel,topic\n" + "1,2026-07-01,email,Zażółć gęślą jaźń, proszę\n"
        .replace(", ", " ")).encode("cp1250")}, (1, 1), notes={"encoding guessed: cp1250": 1},
        columns={"topic": "topic"}),
    Odd("lines above the header", {"a__csv": "Report of July\n\n" + GOOD}, (1, 1),
        notes={"1 lines above the header": 1}, settings={"header_row": 3, "delimiter": ","}),
    Odd("records without the list", {"a__ndjson": '{"id": 1, "m": [{"t": "2026-07-01Z"}]}\n{"id": 2}\n'
        .replace("01Z", "01T00:00Z")}, (1, 1), notes={"records without m": 1},
        mapping={"table": "ticket_events", "each": "m",
                 "columns": {"ticket_id": "../id", "at": "t", "kind": {"constant": "created"}}}),
]  # fmt: skip


@pytest.mark.parametrize("odd", COUNTED, ids=lambda odd: odd.kind)
def test_odd_input_is_counted(odd, pull, configure):
    pull.write(**odd.files)
    intake = pull(configure(odd.columns, mapping=odd.mapping, **odd.settings)).intake[0]
    assert (intake.rows_in, intake.rows_out) == odd.rows
    assert intake.excluded == odd.excluded
    assert intake.notes == odd.notes
    assert len(pull.frame(intake.table)) == odd.rows[1]


def test_a_workbook_that_unpacks_to_too_much_is_refused(pull, configure):
    bomb = packed(("xl/workbook.xml", b" " * 5_000_000))
    pull.write(a__xlsx=bomb)
    with pytest.raises(SourceError, match="unpacks to more than 1000000 bytes"):
        pull(configure(limits={"bytes": 1_000_000}))


def test_a_sheet_with_two_cells_at_opposite_corners_is_refused(pull, configure):
    target = io.BytesIO()
    with xlsxwriter.Workbook(target) as book:
        sheet = book.add_worksheet()
        sheet.write(0, 0, "id")
        sheet.write(1_048_575, 16_383, "far")
    pull.write(a__xlsx=target.getvalue())
    with pytest.raises(SourceError, match="spans 1048576 rows and 16384 columns, most of it empty"):
        pull(configure())


def test_a_zip_that_lies_about_its_sizes_is_refused(pull, configure):
    raw = bytearray(packed(("a.csv", GOOD.encode() + b"\n" * 3_000_000)))
    central = raw.index(b"PK\x01\x02")
    raw[central + 24 : central + 28] = struct.pack("<I", 10)
    pull.write(a__zip=bytes(raw))
    with pytest.raises(SourceError) as caught:
        pull(configure(limits={"bytes": 1_000_000}))
    assert caught.value.where.startswith("a.zip")


def test_a_source_that_fails_leaves_the_last_good_pull(pull, configure):
    pull.write(a__csv=GOOD)
    pull(configure())
    before = {path: path.read_bytes() for path in pull.workdir.rglob("*") if path.is_file()}
    pull.write(a__csv=GOOD + '2,"never closed')
    with pytest.raises(SourceError):
        pull(configure())
    assert {path: path.read_bytes() for path in pull.workdir.rglob("*") if path.is_file()} == before


def test_a_mapping_that_fails_keeps_the_snapshot_whole_for_another_try(pull, configure):
    pull.write(a__csv=GOOD + "2,soon,email\n")
    with pytest.raises(SourceError):
        pull(configure())
    (pull.root / "a.csv").unlink()
    forgiving = configure({"created_at": {"from": "created", "on_error": "exclude"}})
    again = collect_from_snapshots([forgiving], pull.workdir / "snapshots", pull.workdir)
    assert again.intake[0].excluded == {"created_at is not a stamp": 1}


def test_an_error_survives_pickling(pull, configure):
    pull.write(a__csv="another,header\n")
    with pytest.raises(SourceError, match="no column 'id'") as caught:
        pull(configure())
    copy = pickle.loads(pickle.dumps(caught.value))
    assert (copy.found, copy.where, copy.remedy) == (caught.value.found, caught.value.where, caught.value.remedy)
