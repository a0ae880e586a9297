"""One story of tickets in every format of file, encoding and packing makes the same canonical table."""

import gzip
import io
import json
import sqlite3
import zipfile
from datetime import UTC, datetime, timedelta

import pandas as pd
import pytest
import xlsxwriter

from tasks.sources.file.delimited import find_delimiter
from tasks.sources.headers import fold, stored_names

COLUMNS = {
    "subject": "Тема",
    "is_spam": {"from": "spam", "values": {"yes": True, "no": False}},
    "reply_count": "replies",
    "tags": {"from": "tags", "separator": "|"},
}
STORY = [
    {"id": f"{number}", "created": f"2026-07-{number:02d} 09:{number:02d}:30", "channel": channel, "Тема": subject,
     "spam": spam, "replies": replies, "tags": tags}
    for number, (channel, subject, spam, replies, tags) in enumerate([
        ("email", 'He said "no", twice', "no", "3", "refund|late"), ("chat", "Wo ist die Größe?", "no", "0", ""),
        ("phone", "two\nlines", "yes", "", "a"), ("email", "Где заказ?", "no", "12", "x|y|z"),
        ("form", "", "no", "1", ""), ("email", "zażółć; gęślą", "yes", "2", "late"),
    ], start=1)
]  # fmt: skip
NAMES = list(STORY[0])


def delimited(delimiter: str, end: str = "\n") -> str:
    target = io.StringIO()
    pd.DataFrame(STORY).to_csv(target, index=False, sep=delimiter, lineterminator=end)
    return target.getvalue()


def spreadsheet() -> bytes:
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"default_date_format": "dd.mm.yyyy hh:mm:ss"}) as book:
        sheet = book.add_worksheet("Tickets")
        sheet.write_row(1, 0, NAMES)
        for row, ticket in enumerate(STORY, start=2):
            for column, (name, value) in enumerate(ticket.items()):
                if name == "created":
                    sheet.write_datetime(row, column, datetime.fromisoformat(value))
                elif name in ("id", "replies") and value:
                    sheet.write_number(row, column, int(value))
                else:
                    sheet.write_string(row, column, value)
    return target.getvalue()


def typed_parquet() -> bytes:
    frame = pd.DataFrame(STORY)
    frame["id"] = frame["id"].astype(int)
    frame["created"] = pd.to_datetime(frame["created"]).dt.tz_localize("Europe/Warsaw")
    frame["replies"] = pd.to_numeric(frame["replies"]).astype("Int64")
    frame["tags"] = [value.split("|") if value else None for value in frame["tags"]]
    frame["channel"] = frame["channel"].astype("category")
    target = io.BytesIO()
    frame.to_parquet(target)
    return target.getvalue()


def zipped(name: str, content: bytes) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("__MACOSX/._a", b"\0")
        archive.writestr(name, content)
    return target.getvalue()


def typed_documents() -> list[dict]:
    documents = [dict(ticket, id=int(ticket["id"])) for ticket in STORY]
    for document in documents:
        document["tags"] = document["tags"].split("|") if document["tags"] else []
        document["replies"] = int(document["replies"]) if document["replies"] else None
    return documents


LINES = "".join(json.dumps(document, ensure_ascii=False) + "\n" for document in typed_documents())
LIST = json.dumps(typed_documents(), indent=1)
FILES = {
    "csv": ("a.csv", delimited(",").encode(), {}),
    "semicolons": ("a.csv", delimited(";").encode(), {}),
    "tabs": ("a.tsv", delimited("\t").encode(), {}),
    "pipes and another suffix": ("a.dat", delimited("|").replace('"refund|late"', '"refund|late"').encode(), {}),
    "Windows line ends": ("a.csv", delimited(",", "\r\n").encode(), {}),
    "byte-order mark": ("a.csv", delimited(",").encode("utf-8-sig"), {}),
    "sep=": ("a.csv", ("sep=;\r\n" + delimited(";")).encode("utf-8-sig"), {}),
    "UTF-16": ("a.csv", delimited("\t").encode("utf-16"), {}),
    "gz": ("a.csv.gz", gzip.compress(delimited(",").encode()), {}),
    "gz without the name": ("a.csv", gzip.compress(delimited(",").encode()), {}),
    "zip": ("a.zip", zipped("in/a.csv", delimited(";").encode()), {}),
    "ndjson": ("a.ndjson", LINES.encode(), {}),
    "ndjson without the name": ("a.export", LINES.encode(), {}),
    "ndjson gz": ("a.jsonl.gz", gzip.compress(LINES.encode()), {}),
    "json": ("a.json", LIST.encode(), {}),
    "json inside": ("a.json", json.dumps({"data": {"items": typed_documents()}}).encode(), {"records": "data.items"}),
    "xlsx": ("a.xlsx", spreadsheet(), {}),
    "xlsx in a zip": ("a.zip", zipped("a.xlsx", spreadsheet()), {}),
    "parquet": ("a.parquet", typed_parquet(), {}),
    "parquet in a zip": ("a.zip", zipped("a.parquet", typed_parquet()), {}),
}


def expected() -> pd.DataFrame:
    created = [datetime.fromisoformat(ticket["created"]).replace(tzinfo=UTC) - timedelta(hours=2) for ticket in STORY]
    return pd.DataFrame({
        "ticket_id": [f"desk:{ticket['id']}" for ticket in STORY],
        "created_at": pd.Series(created).astype("datetime64[us, UTC]"),
        "channel_code": [ticket["channel"] for ticket in STORY],
        "subject": [ticket["Тема"] or None for ticket in STORY],
        "is_spam": [ticket["spam"] == "yes" for ticket in STORY],
        "reply_count": [float(ticket["replies"]) if ticket["replies"] else None for ticket in STORY],
        "tags": [ticket["tags"].split("|") if ticket["tags"] else None for ticket in STORY],
    })  # fmt: skip


@pytest.mark.parametrize("kind", FILES)
def test_one_story_is_the_same_in_every_file(kind, pull, configure):
    name, content, settings = FILES[kind]
    (pull.root / name).write_bytes(content)
    collected = pull(configure(COLUMNS, **settings))
    assert collected.intake[0].rows_in == len(STORY)
    assert_is_the_story(pull.frame())


def test_the_story_is_the_same_in_a_database(pull, configure):
    with sqlite3.connect(pull.root / "story.db") as connection:
        pd.DataFrame(STORY).replace({"": None}).to_sql("tickets", connection, index=False)
    connection.close()
    pull(configure(COLUMNS, kind="sql", url="sqlite:///story.db", query="SELECT * FROM tickets ORDER BY rowid"))
    assert_is_the_story(pull.frame())


def assert_is_the_story(frame: pd.DataFrame) -> None:
    wanted = expected()
    assert set(frame.columns) == set(wanted.columns)
    for column in wanted.columns:
        found = [list(one) if hasattr(one, "tolist") and column == "tags" else one for one in frame[column]]
        assert [None if one is None or one is pd.NaT or one != one else one for one in found] == [
            None if one is None or one != one else one for one in wanted[column]
        ], column


@pytest.mark.parametrize(
    ("encoding", "subject"),
    [("cp1250", "Zażółć gęślą jaźń, proszę o zwrot pieniędzy"), ("cp1251", "Где мой заказ, прошу вернуть деньги"),
     ("koi8_r", "Где мой заказ, прошу вернуть деньги")],
)  # fmt: skip
def test_an_encoding_given_is_used_and_one_not_given_is_guessed_and_told(encoding, subject, pull, configure):
    text = "id;created;channel;subject\n" + f"1;2026-07-01;email;{subject}\n"
    pull.write(a__csv=text.encode(encoding))
    pull(configure({"subject": "subject"}, encoding=encoding))
    assert pull.frame()["subject"].tolist() == [subject]
    if encoding != "koi8_r":
        guessed = pull(configure({"subject": "subject"}))
        assert pull.frame()["subject"].tolist() == [subject]
        assert list(guessed.intake[0].notes) == [f"encoding guessed: {encoding}"]


def test_several_files_are_read_in_order_and_each_once(pull, configure):
    head = "id,created,channel\n"
    pull.write(b__csv=head + "2,2026-07-02,chat\n", a__csv=head + "1,2026-07-01,email\n")
    collected = pull(configure(files=["b.csv", "*.csv"]))
    assert collected.intake[0].files == ("b.csv", "a.csv")
    assert pull.frame()["ticket_id"].tolist() == ["desk:2", "desk:1"]


def test_columns_in_another_order_and_more_columns_do_not_matter(pull, configure):
    pull.write(a__csv="id,created,channel\n1,2026-07-01,email\n", b__csv="x,channel,created,id\n9,chat,2026-07-02,2\n")
    pull(configure())
    assert pull.frame()["channel_code"].tolist() == ["email", "chat"]


def test_an_optional_column_may_be_absent_from_a_file(pull, configure):
    pull.write(
        a__csv="id,created,channel\n1,2026-07-01,email\n", b__csv="id,created,channel,t\n2,2026-07-02,chat,refund\n"
    )
    pull(configure({"topic": {"from": "t", "optional": True}}))
    assert pull.frame()["topic"].fillna("").tolist() == ["", "refund"]


@pytest.mark.parametrize("rule", ["trimmed", "folded"])
def test_headers_are_found_by_the_rule(rule, pull, configure):
    header = {"trimmed": " id , created,channel \n", "folded": " ID ,Cre\u00a0Ated,CHANNEL\n"}[rule]
    created = {"trimmed": "created", "folded": "cre ated"}[rule]
    pull.write(a__csv=header + "1,2026-07-01,email\n")
    pull(configure({"created_at": created}, columns=rule))
    assert pull.frame()["ticket_id"].tolist() == ["desk:1"]


def test_a_column_may_have_several_names(pull, configure):
    pull.write(a__csv="id,Отметка времени,channel\n1,2026-07-01,email\n")
    pull(configure({"created_at": ["Timestamp", "Отметка времени"]}))
    assert len(pull.frame()) == 1


def test_a_repeated_header_is_told_apart_by_number(pull, configure):
    pull.write(a__csv="id,created,channel,t,t\n1,2026-07-01,email,first,second\n")
    pull(configure({"topic": "t (2)"}))
    assert pull.frame()["topic"].tolist() == ["second"]


def test_quotes_that_mean_nothing(pull, configure):
    pull.write(a__tsv='id\tcreated\tchannel\tsubject\n1\t2026-07-01\temail\t"5 inch\n')
    pull(configure({"subject": "subject"}, quotes="none"))
    assert pull.frame()["subject"].tolist() == ['"5 inch']


@pytest.mark.parametrize(
    ("sample", "delimiter"),
    [("a,b\n1,2\n", ","), ("a;b\n1,5;2,5\n", ";"), ("a\tb\n1\t2\n", "\t"), ("a|b\n1|2\n", "|"), ("alone\n1\n", ","),
     ('a;b\n"x,y,z";2\n"p,q,r";3\n', ";"), ("a;b\n1,2,3;x\n" * 1 + "1,2,3;x\n" * 50 + "1;2;3\n" * 5, ";"), ("", ",")],
)  # fmt: skip
def test_the_delimiter_is_found(sample, delimiter):
    assert find_delimiter(sample) == delimiter


@pytest.mark.parametrize(
    ("headers", "names"),
    [(["a", "b"], ["a", "b"]), (["a", "a"], ["a (1)", "a (2)"]), (["", ""], ["(column 1)", "(column 2)"]),
     (["a", "a (1)", "a"], ["a (1)*", "a (1)", "a (2)"]), (["(row)"], ["(row)*"])],
)  # fmt: skip
def test_stored_names_are_unique(headers, names):
    assert stored_names(headers) == names


def test_folding_is_idempotent_and_forgets_case_and_spaces():
    assert fold(" Приём\u00a0 ЗАЯВКИ ") == fold("прием заявки") == fold(fold(" Приём\u00a0 ЗАЯВКИ "))
