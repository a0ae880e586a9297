"""Every example of docs/sources.md does what the page says."""

import re
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from pydantic import TypeAdapter
from ruamel.yaml import YAML

from tasks.collect import collect
from tasks.sources.source import KINDS, SourceConfig

PAGE = Path(__file__).parents[3] / "docs" / "sources.md"
BLOCK = re.compile(r"^```(\w+) ?(\S*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass
class Example:
    yaml: str
    kind: str
    files: dict[str, str]
    expected: dict[str, str] = field(default_factory=dict)


def examples() -> list[Example]:
    found, files = [], {}
    for language, name, text in BLOCK.findall(PAGE.read_text(encoding="utf-8")):
        if language == "yaml":
            found.append(Example(text, name, files))
            files = {}
        elif language == "text":
            found[-1].expected[name] = text
        else:
            files[name] = text
    return found


def shown(value) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return ", ".join(value)
    return value.isoformat().replace("+00:00", "Z") if hasattr(value, "isoformat") else str(value)


def as_text(path: Path) -> str:
    table = pq.read_table(path)
    rows = [table.column_names, *[[shown(value) for value in row.values()] for row in table.to_pylist()]]
    return "".join(re.sub(" +", " ", " | ".join(row)).rstrip() + "\n" for row in rows)


def account(intake) -> str:
    lines = []
    for one in intake:
        lines.append(f"{one.table} of {one.source}: {one.rows_in} rows in, {one.rows_out} out")
        lines += [f"left out: {reason} {count}" for reason, count in one.excluded.items()]
        lines += [f"note: {note} {count}" for note, count in one.notes.items()]
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize("example", [e for e in examples() if e.kind != "sql"], ids=lambda e: "-".join(e.files))
def test_an_example_makes_the_table_that_the_page_shows(example, tmp_path):
    for name, text in example.files.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    sources = [TypeAdapter(SourceConfig).validate_python(one) for one in YAML(typ="safe").load(example.yaml)["sources"]]
    collected = collect(sources, tmp_path, tmp_path / "run")
    for name, text in example.expected.items():
        found = account(collected.intake) if name == "intake" else as_text(collected.tables[name])
        assert found == text
    assert example.expected


def test_the_example_of_a_database_reads_a_database(tmp_path, monkeypatch):
    import sqlite3

    example = next(e for e in examples() if e.kind == "sql")
    with sqlite3.connect(tmp_path / "desk.db") as connection:
        connection.execute("CREATE TABLE tickets (id INT, created TEXT, channel TEXT)")
        connection.execute(
            "INSERT INTO tickets VALUES (2, '2026-07-01', 'email'), (1, '2026-07-02', 'chat'), (3, '2025-01-01', 'sms')"
        )
    monkeypatch.setenv("DESK_DATABASE", "sqlite:///desk.db")
    sources = [TypeAdapter(SourceConfig).validate_python(one) for one in YAML(typ="safe").load(example.yaml)["sources"]]
    tables = collect(sources, tmp_path, tmp_path / "run").tables
    assert pq.read_table(tables["tickets"])["ticket_id"].to_pylist() == ["warehouse:1", "warehouse:2"]


def test_the_page_names_every_key_of_the_configuration():
    page = PAGE.read_text(encoding="utf-8")
    for kind in KINDS.values():
        schema = kind.config.model_json_schema(by_alias=True)
        shapes = [schema, *[one for name, one in schema["$defs"].items() if name != "Limits"]]
        keys = {key for shape in shapes for key in shape.get("properties", {})}
        assert [key for key in sorted(keys) if f"`{key}`" not in page and f"{key}:" not in page] == []
