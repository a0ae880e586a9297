"""The packaged fonts for a page on a screen: only the letters that it uses, inside the page, so that it asks nobody."""

from __future__ import annotations

import base64
from functools import lru_cache
from io import BytesIO

from reports.fonts import SANS, SERIF, Face, font_file
from reports.typesetter import clock_stopped_at

_PINNED = {SANS: {"wdth": 100.0, "wght": (300.0, 400.0, 600.0)}, SERIF: {"opsz": 20.0, "wght": 600.0}}
"""Axes that are fixed, or the range that is kept: the sans in its three weights, the serif in its one."""


def font_faces(text: str, titles: str) -> str:
    """Style rules that bring the fonts along.

    Args:
        text: Everything that is set in the sans.
        titles: Everything that is set in the serif.

    Returns:
        Two `@font-face` rules with the fonts as data.
    """
    return "\n".join(_rule(face, "".join(sorted(set(letters)))) for face, letters in ((SANS, text), (SERIF, titles)))


@lru_cache(maxsize=16)
def _rule(face: Face, letters: str) -> str:
    data = base64.b64encode(_subset(face, letters)).decode()
    weight = "300 600" if face is SANS else "600"
    source = f"url(data:font/woff2;base64,{data}) format('woff2')"
    return f"@font-face {{ font-family: '{face.family}'; font-weight: {weight}; src: {source}; }}"


def _subset(face: Face, letters: str) -> bytes:
    from fontTools import subset
    from fontTools.varLib.instancer import instantiateVariableFont

    options = subset.Options()
    options.layout_features = ["kern"]
    options.name_IDs = []  # the licence reserves the names for the unchanged files
    options.hinting = False
    options.recalc_timestamp = False
    with clock_stopped_at(0):
        font = subset.load_font(str(font_file(face)), options)
        cutter = subset.Subsetter(options)
        cutter.populate(text=letters)
        cutter.subset(font)
        font = instantiateVariableFont(font, _PINNED[face])
        font.flavor = "woff2"
        packed = BytesIO()
        font.save(packed)
    return packed.getvalue()
