"""Parquet files: typed columns, kept as they are."""

from __future__ import annotations

import io
from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from evaluation.errors import SourceError
from tasks.sources.base import ROW
from tasks.sources.file.opening import Member
from tasks.sources.headers import stored_names

BATCH = 65_536
_DAMAGE = (pa.ArrowException, OSError, ValueError)


def read_columnar(member: Member, limit: int) -> tuple[tuple[str, ...], Iterator[pa.RecordBatch]]:
    """Column names and batches of a Parquet file.

    Args:
        member: The file.
        limit: Most bytes that its columns may unpack to.

    Raises:
        SourceError: It is not Parquet, it is damaged or too large.
    """
    try:
        file = pq.ParquetFile(member.plain if member.plain is not None else _in_memory(member))
        headers = tuple(file.schema_arrow.names)
    except _DAMAGE as error:
        raise _damaged(member, error) from error
    unpacked = sum(file.metadata.row_group(index).total_byte_size for index in range(file.metadata.num_row_groups))
    if unpacked > limit:
        raise SourceError(
            f"{member.name} unpacks to {unpacked} bytes, the limit is {limit}",
            where=member.name,
            remedy="if it is right, raise `limits: {bytes: …}` of the source",
        )
    return headers, _batches(file, stored_names(headers), member)


def _in_memory(member: Member) -> io.BytesIO:
    with member.open() as content:
        return io.BytesIO(content.read())


def _batches(file: pq.ParquetFile, names: list[str], member: Member) -> Iterator[pa.RecordBatch]:
    before = 0
    with file:
        batches = file.iter_batches(BATCH)
        while True:
            try:
                batch = next(batches, None)
                if batch is not None:
                    batch.validate(full=True)
            except _DAMAGE as error:
                raise _damaged(member, error) from error
            if batch is None and before:
                return
            if batch is None:
                columns = [pa.array([], field.type) for field in file.schema_arrow]
                yield pa.record_batch([pa.array([], pa.int64()), *columns], names=[ROW, *names])
                return
            rows = pa.array(np.arange(before + 1, before + 1 + len(batch)), pa.int64())
            yield pa.record_batch([rows, *batch.columns], names=[ROW, *names])
            before += len(batch)


def _damaged(member: Member, error: BaseException) -> SourceError:
    return SourceError(
        f"{member.name} is not a whole Parquet file ({str(error).splitlines()[0]})",
        where=member.name,
        remedy="export or copy it again",
    )
