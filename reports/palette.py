"""The colours of the report, by role; checked for contrast on white and on the panel, and for red-green blindness."""

from __future__ import annotations

from enum import StrEnum


class Colour(StrEnum):
    """A colour of the palette; charts and style sheet use no other.

    There is no green: petrol says "met", alert says "missed", and a shape and a word always say it too.

    Example:
        >>> str(Colour.PETROL)
        '#0B4F6C'
    """

    INK = "#16232F"
    TEXT = "#3E4C59"
    MUTED = "#5F6C78"
    """The lightest colour that may carry text."""
    NIGHT = "#0A2A3C"
    PETROL = "#0B4F6C"
    PETROL_SECOND = "#2B7A98"
    PETROL_FILL = "#8DBBCB"
    PETROL_BAND = "#D5E6EC"
    ALERT = "#B5401A"
    ALERT_PALE = "#FAE7DD"
    AMBER = "#835B00"
    AMBER_MARK = "#E0AE3B"
    """For marks with a dark outline, never for text."""
    AMBER_INK = "#3A2800"
    GREY = "#7B8794"
    RULE = "#CDD5DC"
    GRID = "#E6EBEF"
    TRACK = "#EEF1F4"
    PANEL = "#F4F6F8"
    WHITE = "#FFFFFF"
    NIGHT_TEXT = "#BFD7E0"
    """Small text on the night cover."""


HEAT_STEPS = ("#EEF4F7", "#CFE2E9", "#9FC6D4", "#5D9CB4", "#2B7A98", "#0B4F6C")
"""Six steps of one hue, from little to much; figures on the last two are white."""
