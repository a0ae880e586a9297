"""WeasyPrint brought up so that its output depends on nothing but what it is given.

Only the packaged fonts are visible, nothing is fetched from outside, and the import does not start compilers.
"""

from __future__ import annotations

import atexit
import contextlib
import logging
import os
import shutil
import sys
import tempfile
import warnings
from collections.abc import Iterator, Mapping
from functools import lru_cache
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reports.fonts import FACES, font_file

if TYPE_CHECKING:
    from weasyprint.urls import URLFetcher

ASSET_SCHEME = "asset:"
_MEDIA_TYPES = {".svg": "image/svg+xml", ".css": "text/css"}


@lru_cache(maxsize=1)
def private_fonts() -> Path:
    """A fontconfig file that shows the packaged fonts and none of the machine's, made once for each process.

    Raises:
        RenderError: A font package is missing; without any font the layout library would end the whole process.
    """
    folders = sorted({font_file(face).parent for face in FACES})
    home = Path(tempfile.mkdtemp(prefix="service-review-fonts-"))
    atexit.register(shutil.rmtree, home, ignore_errors=True)
    shown = "".join(f"<dir>{escape(str(folder))}</dir>" for folder in folders)
    path = home / "fonts.conf"
    path.write_text(
        '<?xml version="1.0"?>\n<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">\n'
        f"<fontconfig>{shown}<cachedir>{escape(str(home / 'cache'))}</cachedir></fontconfig>\n",
        encoding="utf-8",
    )
    return path


def load_weasyprint() -> Any:
    """The `weasyprint` module, imported with the private fonts in force.

    While it is imported on Linux, the search for C libraries by compiler and linker is switched off: the libraries are
    opened by their names, the search only costs half of the import.
    """
    os.environ["FONTCONFIG_FILE"] = str(private_fonts())
    if "weasyprint" in sys.modules:
        return sys.modules["weasyprint"]
    with warnings.catch_warnings(), _no_library_search():
        warnings.simplefilter("ignore", DeprecationWarning)  # of a missing libharfbuzz-subset: slower, nothing worse
        import weasyprint
    return weasyprint


@contextlib.contextmanager
def _no_library_search() -> Iterator[None]:
    import ctypes.util

    if not sys.platform.startswith("linux"):
        yield
        return
    search = ctypes.util.find_library
    ctypes.util.find_library = lambda name: None
    try:
        yield
    finally:
        ctypes.util.find_library = search


def locked_fetcher(assets: Mapping[str, bytes]) -> URLFetcher:
    """A fetcher that knows the given assets by name and refuses everything else, fatally.

    A report asks for nothing but its own drawings; any other address is a mistake of a template or an attack, and in
    both cases there is no report.
    """
    load_weasyprint()
    from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

    class LockedFetcher(URLFetcher):  # type: ignore[misc]
        """Serves `asset:<name>` from memory."""

        def __init__(self) -> None:
            super().__init__(allowed_protocols=frozenset(), allow_redirects=False, fail_on_errors=True)

        def fetch(self, url: str, headers: Mapping[str, str] | None = None) -> URLFetcherResponse:
            """The asset, or a fatal error."""
            name = url.removeprefix(ASSET_SCHEME)
            if not url.startswith(ASSET_SCHEME) or name not in assets:
                raise FatalURLFetchingError(url[:120])
            media_type = _MEDIA_TYPES.get(Path(name).suffix, "application/octet-stream")
            return URLFetcherResponse(url, assets[name], {"Content-Type": media_type})

    return LockedFetcher()


class _Collector(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.messages: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.messages.append(record.getMessage())


@contextlib.contextmanager
def collected_warnings() -> Iterator[list[str]]:
    """What the layout library and the font library only log: unknown properties, lost anchors, missing glyphs."""
    collector = _Collector()
    loggers = [logging.getLogger(name) for name in ("weasyprint", "fontTools")]
    kept = [(logger.propagate, logger.level) for logger in loggers]
    for logger in loggers:
        logger.addHandler(collector)
        logger.propagate = False
        logger.setLevel(logging.WARNING)
    try:
        yield collector.messages
    finally:
        for logger, (propagate, level) in zip(loggers, kept, strict=True):
            logger.removeHandler(collector)
            logger.propagate = propagate
            logger.setLevel(level)


@contextlib.contextmanager
def clock_stopped_at(epoch_seconds: int) -> Iterator[None]:
    """The font library writes this moment into the fonts it makes, not the time of day."""
    before = os.environ.get("SOURCE_DATE_EPOCH")
    os.environ["SOURCE_DATE_EPOCH"] = str(epoch_seconds)
    try:
        yield
    finally:
        if before is None:
            del os.environ["SOURCE_DATE_EPOCH"]
        else:
            os.environ["SOURCE_DATE_EPOCH"] = before
