"""Files: found by pattern, unpacked within limits, read by format."""

from tasks.sources.base import Kind
from tasks.sources.file.config import FileSourceConfig
from tasks.sources.file.reading import read_files

KIND = Kind(FileSourceConfig, read_files)
