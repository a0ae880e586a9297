"""Databases: the rows of one SELECT, read in chunks and in a read-only transaction."""

from tasks.sources.base import Kind
from tasks.sources.sql.config import SqlSourceConfig
from tasks.sources.sql.reading import read_query

KIND = Kind(SqlSourceConfig, read_query)
