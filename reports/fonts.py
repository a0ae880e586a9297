"""The packaged fonts: where their files are, and how wide a text is set in them."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import NamedTuple

from evaluation.errors import RenderError


class Face(NamedTuple):
    """A family of the report and the package that brings it."""

    family: str
    package: str
    file: str


SANS = Face("IBM Plex Sans", "fontpkg_ibm_plex_sans", "IBMPlexSans[wdth,wght].ttf")
SERIF = Face("Source Serif 4", "fontpkg_source_serif_4", "SourceSerif4[opsz,wght].ttf")
FACES = (SANS, SERIF)

ELLIPSIS = "\u2026"


def font_file(face: Face) -> Path:
    """Path of the variable font file of a face.

    Raises:
        RenderError: The font package is not installed, or its file is not where it was.
    """
    remedy = f"install the dependency {face.package.replace('_', '-')} again"
    try:
        path = Path(str(files(face.package))) / "files" / face.file
    except ModuleNotFoundError as error:
        raise RenderError(f"the font package of {face.family} is missing", where=face.package, remedy=remedy) from error
    if not path.is_file():
        raise RenderError(f"the font file of {face.family} is missing", where=str(path), remedy=remedy)
    return path


@lru_cache(maxsize=1)
def covered_characters() -> frozenset[str]:
    """Every character that the text face can set; another one would leave an empty box and a warning."""
    from fontTools.ttLib import TTFont

    return frozenset(map(chr, TTFont(font_file(SANS), lazy=True).getBestCmap()))


@lru_cache(maxsize=8)
def _advance(face: Face, weight: int) -> Callable[[str], float]:
    """A function from one character to its advance in ems, at the given weight."""
    from fontTools.ttLib import TTFont

    font = TTFont(font_file(face), lazy=True)
    glyphs = font.getGlyphSet(location={"wght": weight})
    names = font.getBestCmap()
    em = font["head"].unitsPerEm

    @lru_cache(maxsize=4096)
    def advance(character: str) -> float:
        return float(glyphs[names.get(ord(character), ".notdef")].width) / em

    return advance


def text_width(text: str, size: float, *, weight: int = 400, face: Face = SANS) -> float:
    """Width of a text set on one line, in the unit of `size`; kerning is not counted (it only makes text narrower).

    Args:
        text: One line.
        size: Type size; the width comes in the same unit.
        weight: 300, 400 or 600.
        face: Family.

    Example:
        >>> round(text_width("92,7", 10.0), 2)
        20.72
    """
    advance = _advance(face, weight)
    return size * sum(advance(character) for character in text)


def fit_text(text: str, room: float, size: float, *, weight: int = 400, face: Face = SANS) -> str:
    """The text, or as much of its beginning as fits into `room` with an ellipsis; empty when not even that fits.

    Example:
        >>> fit_text("Complaints and refunds", 50.0, 9.0)
        'Complaint…'
    """
    if text_width(text, size, weight=weight, face=face) <= room + 1e-6:
        return text
    advance = _advance(face, weight)
    left = room / size - advance(ELLIPSIS)
    if left < 0:
        return ""
    kept = 0
    for character in text:
        left -= advance(character)
        if left < 0:
            break
        kept += 1
    return text[:kept].rstrip() + ELLIPSIS if kept else ""
