"""JSON and NDJSON files: each record kept as the text of one document."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import islice
from typing import Any

import numpy as np
import pyarrow as pa

from evaluation.errors import SourceError
from tasks.sources.base import DOCUMENT, ROW
from tasks.sources.file.opening import Member
from tasks.sources.file.text import Encoding, open_text

BATCH = 16_384


def read_lines(member: Member, encoding: Encoding) -> Iterator[pa.RecordBatch]:
    """One document for each line; the row is the line."""
    line = 0
    with open_text(member, encoding, newline="\n") as text:
        while True:
            documents = list(islice(text, BATCH))
            if documents or not line:
                yield _batch([document.strip("\ufeff\r\n\t ") for document in documents], line)
            if not documents:
                return
            line += len(documents)


def read_list(member: Member, encoding: Encoding, records: str | None) -> Iterator[pa.RecordBatch]:
    """One document for each record of a JSON list; the row is the record's number.

    Raises:
        SourceError: The file is not JSON, or the list is not where `records` says.
    """
    with open_text(member, encoding) as text:
        content = _parse(text.read(), member)
    found = _list_at(content, records, member)
    for start in range(0, max(len(found), 1), BATCH):
        yield _batch([_document(one) for one in found[start : start + BATCH]], start)


def _document(record: Any) -> str:
    """A record as the line that NDJSON would have; half a character (a lone surrogate) stays escaped, as it came."""
    text = json.dumps(record, ensure_ascii=False)
    return text if _is_whole(text) else json.dumps(record)


def _is_whole(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _parse(text: str, member: Member) -> Any:
    if not text.strip():
        raise SourceError("the file is empty", where=member.name, remedy="export it again")
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise SourceError(
            f"the file is not JSON: {error.msg}",
            where=f"{member.name}, line {error.lineno}, column {error.colno}",
            remedy="export it again; if it has one record on each line, set format: ndjson",
        ) from error
    except RecursionError as error:
        raise SourceError("the JSON is nested too deeply", where=member.name, remedy="do not use this file") from error


def _list_at(content: Any, records: str | None, member: Member) -> list:
    found, path = content, records.split(".") if records else []
    for step in path:
        if not isinstance(found, dict) or step not in found:
            raise _not_a_list(member, f"there is no {step!r} on the way to records {records!r}", content)
        found = found[step]
    if not isinstance(found, list):
        raise _not_a_list(member, "the records are not a list", content)
    return found


def _not_a_list(member: Member, what: str, content: Any) -> SourceError:
    lists = ", ".join(_lists(content, ())) or "none"
    return SourceError(
        what, where=member.name, remedy=f"set `records` to where the list is; lists in this file: {lists}"
    )


def _lists(content: Any, path: tuple[str, ...]) -> Iterator[str]:
    if isinstance(content, list):
        yield ".".join(path) or "the whole file"
    elif isinstance(content, dict) and len(path) < 4:
        for key, value in content.items():
            yield from _lists(value, (*path, key))


def _batch(documents: list[str], before: int) -> pa.RecordBatch:
    rows = np.arange(before + 1, before + 1 + len(documents))
    return pa.record_batch([pa.array(rows, pa.int64()), pa.array(documents, pa.string())], names=[ROW, DOCUMENT])
