"""`service-review init`: a folder for a new organisation, ready to run."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from evaluation.errors import ConfigError

TEMPLATE = Path(__file__).parent / "templates" / "my_company"


def make_organisation(folder: Path) -> list[Path]:
    """Copy the commented template into a new folder; it appears whole or not at all.

    Args:
        folder: Must not exist, or be empty.

    Returns:
        The files that were made.

    Raises:
        ConfigError: Something is there already, or the place cannot be written.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise ConfigError(f"{folder} exists and is not empty", where=str(folder.resolve()), remedy="name a new folder")
    partial = folder.with_name(f".{folder.name}.{os.getpid()}")
    try:
        shutil.copytree(TEMPLATE, partial, ignore=shutil.ignore_patterns("__pycache__", "archive", "out"))
        if folder.exists():
            folder.rmdir()
        partial.rename(folder)
    except OSError as error:
        raise ConfigError(
            f"the folder cannot be made: {error}", where=str(folder.resolve()), remedy="choose another place"
        ) from None
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return sorted(path for path in folder.rglob("*") if path.is_file())
