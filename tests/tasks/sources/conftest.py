"""Sources in a temporary folder."""

from pathlib import Path

import pandas as pd
import pytest
from pydantic import TypeAdapter

from tasks.collect import Collected, collect
from tasks.sources.source import SourceConfig

ADAPTER = TypeAdapter(SourceConfig)
TICKETS = {"ticket_id": "id", "created_at": "created", "channel_code": "channel"}


@pytest.fixture
def configure():
    """Settings of a source: a table of tickets with the columns id, created and channel, unless said otherwise."""

    def build(mapped: dict | None = None, table: str = "tickets", mapping: dict | None = None, **settings):
        mapped = {**TICKETS, **(mapped or {})} if table == "tickets" else mapped
        one = {"table": table, "columns": mapped, **(mapping or {})}
        given = {"id": "desk", "kind": "file", "files": ["*"], "time_zone": "Europe/Warsaw", "tables": [one]}
        merged = {**given, **settings}
        if merged["kind"] == "sql":
            del merged["files"]
        return ADAPTER.validate_python(merged)

    return build


class Pull:
    """Collects a source from files that a test writes."""

    def __init__(self, folder: Path) -> None:
        self.root, self.workdir = folder / "root", folder / "run"
        self.root.mkdir()

    def write(self, **files: bytes | str) -> None:
        for name, content in files.items():
            path = self.root / name.replace("__", ".")
            path.write_bytes(content.encode() if isinstance(content, str) else content)

    def __call__(self, config) -> Collected:
        self.collected = collect([config], self.root, self.workdir)
        return self.collected

    def frame(self, table: str = "tickets") -> pd.DataFrame:
        return pd.read_parquet(self.collected.tables[table])


@pytest.fixture
def pull(tmp_path: Path) -> Pull:
    return Pull(tmp_path)
