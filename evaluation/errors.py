"""The errors of this project: each says what was found, where, and what to do about it."""

from __future__ import annotations


class ServiceReviewError(Exception):
    """An error a person can act on, in three parts.

    Args:
        found: What was found, one sentence, with the offending value.
        where: File, line, column, table, period: as near as is known. Empty when there is no place to name.
        remedy: What to do, one sentence.

    Example:
        >>> print(ConfigError("unknown key 'colour'", where="review.yaml:3:5", remedy="remove it"))
        unknown key 'colour'
          where: review.yaml:3:5
          what to do: remove it
    """

    exit_code = 1

    def __init__(self, found: str, *, where: str = "", remedy: str = "") -> None:
        super().__init__(found, where, remedy)
        self.found = found
        self.where = where
        self.remedy = remedy

    def __str__(self) -> str:
        lines = [self.found]
        if self.where:
            lines.append(f"  where: {self.where}")
        if self.remedy:
            lines.append(f"  what to do: {self.remedy}")
        return "\n".join(lines)

    def __reduce__(self) -> tuple[object, ...]:
        return (_rebuild, (type(self), self.found, self.where, self.remedy))


def _rebuild(kind: type[ServiceReviewError], found: str, where: str, remedy: str) -> ServiceReviewError:
    return kind(found, where=where, remedy=remedy)


class ConfigError(ServiceReviewError):
    """The configuration or the command line asks for something that is not allowed."""

    exit_code = 2


class DataError(ServiceReviewError):
    """The data break an assumption that the figures rest on."""

    exit_code = 3


class SourceError(ServiceReviewError):
    """A source cannot be read, or says something that its mapping does not understand."""

    exit_code = 4


class CannotMeasure(ServiceReviewError):
    """The data cannot answer a metric's question; printed in the report as the reason, never a crash."""


class RenderError(ServiceReviewError):
    """The report cannot be made, or what was made fails its own checks."""


class DeliveryError(ServiceReviewError):
    """A report could not be handed to one of its recipients."""

    exit_code = 5


class ContradictionError(ServiceReviewError):
    """Figures that must agree do not: a fault of the program, which stops the run before anything is published."""

    exit_code = 6
