"""Whatever bytes a file holds: a SourceError with its three parts, or an account that balances. Nothing else."""

import gzip
import json
import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from evaluation.errors import SourceError
from tasks.collect import check_sources, collect
from tasks.sources.source import SourceConfig

CELLS = st.one_of(
    st.sampled_from(
        ["1", "2", "", " ", '"', '""', "2026-07-01", "2026-02-30", "email", "Email", "N/A", "true", "İ", "é"]
    ),
    st.sampled_from(
        ["\ufeff", "ż", "\x00", "\x1c", "\x85", "\u2028", "=1+1", "1e400", "9" * 30, "2026-07-01T10:00+99:99"]
    ),
    st.text(max_size=6),
)
ENDS = st.sampled_from(["\n", "\r\n", "\r", ",", ";", "\t", "\n\n"])
CSV = st.lists(st.tuples(CELLS, ENDS), max_size=40).map(
    lambda pairs: "id,created,channel,n,tags\n" + "".join(cell + end for cell, end in pairs)
)
ENCODINGS = st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1250", "cp1251", "utf-32"])
SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=5), st.sampled_from(["email", "2026-07-01"])
)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3)
)
RECORDS = st.dictionaries(st.sampled_from(["id", "created", "channel", "n", "tags", "x"]), VALUES, max_size=6)
POLICIES = st.sampled_from(["refuse", "exclude", "missing"])


def source(name: str, policy: str, ragged: str):
    columns = {
        "ticket_id": {"from": "id", "on_error": "refuse" if policy == "missing" else policy},
        "created_at": {"from": "created", "on_error": policy, "format": ["iso", "%d.%m.%Y", "epoch_seconds", "excel"]},
        "channel_code": {"from": "channel", "values": {"email": "email", "Email": "email"}, "on_error": policy},
        "reply_count": {"from": "n", "on_error": policy, "thousands": " "},
        "is_spam": {"from": "n", "on_error": policy},
        "tags": {"from": "tags", "optional": True, "on_error": policy},
        "subject": "created",
    }
    table = {"table": "tickets", "columns": columns, "duplicates": "first"}
    return TypeAdapter(SourceConfig).validate_python(
        {"id": "desk", "kind": "file", "files": name, "time_zone": "Europe/Warsaw", "tables": [table], "ragged": ragged}
    )


def assert_error_or_balance(name: str, content: bytes, policy: str, ragged: str = "refuse") -> None:
    folder = Path(tempfile.mkdtemp())
    try:
        (folder / name).write_bytes(content)
        config = source(name, policy, ragged)
        for check in check_sources([config], folder):
            assert check.summary
        refused = None
        try:
            collected = collect([config], folder, folder / "run")
        except SourceError as error:
            refused = error
        if refused is not None:
            assert all((refused.found, refused.where, refused.remedy))
            assert not (folder / "run" / "canonical").exists()
            return
        account = collected.intake[0]
        assert account.rows_in == account.rows_out + sum(account.excluded.values())
        assert all(count > 0 for count in [*account.excluded.values(), *account.notes.values()])
    finally:
        shutil.rmtree(folder)


QUIET = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))


@given(CSV, ENCODINGS, POLICIES, st.sampled_from(["refuse", "exclude", "fill"]))
@QUIET
def test_any_delimited_text(text, encoding, policy, ragged):
    assert_error_or_balance("a.csv", text.encode(encoding, "replace"), policy, ragged)


@given(
    st.binary(max_size=200),
    st.sampled_from(["a.csv", "a.tsv", "a.json", "a.ndjson", "a.parquet", "a.xlsx", "a.zip", "a.gz", "a"]),
)
@QUIET
def test_any_bytes_under_any_name(content, name):
    assert_error_or_balance(name, content, "refuse")


@given(st.lists(RECORDS, max_size=5), POLICIES, st.booleans())
@QUIET
def test_any_documents(records, policy, is_list):
    lines = json.dumps(records) if is_list else "".join(json.dumps(record) + "\n" for record in records)
    assert_error_or_balance("a.json" if is_list else "a.ndjson", lines.encode(), policy)


@pytest.mark.parametrize("name", ["a.csv.gz", "a.zip", "a.xlsx", "a.parquet"])
@given(st.data())
@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
def test_a_file_with_one_byte_changed(name, data):
    content = bytearray(WHOLE[name])
    position = data.draw(st.integers(0, len(content) - 1))
    content[position] ^= data.draw(st.integers(1, 255))
    assert_error_or_balance(name, bytes(content), "exclude")


def _whole() -> dict[str, bytes]:
    import io
    import zipfile

    import pandas as pd
    import xlsxwriter

    rows = [["1", "2026-07-01", "email", "3", "a,b"], ["2", "soon", "chat", "x", ""]]
    names = ["id", "created", "channel", "n", "tags"]
    text = pd.DataFrame(rows, columns=names).to_csv(index=False).encode()
    archive, book, columns = io.BytesIO(), io.BytesIO(), io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("a.csv", text)
    with xlsxwriter.Workbook(book) as workbook:
        sheet = workbook.add_worksheet()
        for number, row in enumerate([names, *rows]):
            sheet.write_row(number, 0, row)
    pd.DataFrame(rows, columns=names).to_parquet(columns)
    return {
        "a.csv.gz": gzip.compress(text),
        "a.zip": archive.getvalue(),
        "a.xlsx": book.getvalue(),
        "a.parquet": columns.getvalue(),
    }


WHOLE = _whole()
