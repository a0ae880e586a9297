"""Reading `review.yaml`: every fault with file, line, column, what was found and what is allowed."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

from evaluation.errors import ConfigError
from evaluation.measurement import DIMENSIONS
from evaluation.near_names import one_metric_of
from tasks.configuration.positions import Location, PositionedYaml

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

    from tasks.configuration.model import Review


def read_review(path: Path) -> Review:
    """The configuration in a file.

    Args:
        path: A `review.yaml`, or the folder that holds one.

    Raises:
        ConfigError: The file is missing, is not YAML, or breaks the model; all faults are told at once, each with its
            line and column.
    """
    from pydantic import ValidationError

    from tasks.configuration.model import Review

    file = path / "review.yaml" if path.is_dir() else path
    document = PositionedYaml(file)
    try:
        review = Review.model_validate(document.value)
    except ValidationError as error:
        raise _as_config_error(error.errors(include_url=False), document) from None
    _cross_check(review, document)
    return review


def placed(error: ConfigError, path: Path) -> ConfigError:
    """An error that only the data could show, with file, line and column for its `goals.0.target`.

    Args:
        error: Its place is a dotted path into the configuration; any other place is left as it is.
        path: A `review.yaml`, or the folder that holds one.
    """
    first = error.where.partition(".")[0]
    document = PositionedYaml(path / "review.yaml" if path.is_dir() else path)
    return _as_one([error], document) if document.holds((first,)) else error


def _cross_check(review: Review, document: PositionedYaml) -> None:
    """What only shows when the parts are seen together: names of metrics, statistics, follow-ups, parents."""
    from evaluation.judgement.checks import goal_faults
    from evaluation.metrics.catalogue import catalogue, chosen, faults_of_own

    own = faults_of_own(review.metrics)
    if own:
        raise _as_one(own, document)
    try:
        metrics = catalogue(review.settings)
    except ConfigError as error:
        raise _as_one([error], document) from None
    statistics = {metric_id: definition.statistics for metric_id, definition in chosen(review.metrics).items()}
    faults = [*_main_figures(review, statistics)]
    faults += goal_faults(
        review.goals, review.follow_ups, metrics,
        fiscal_year_starts=review.organisation.fiscal_year_starts, statistics=statistics,
    )  # fmt: skip
    if faults:
        raise _as_one(faults, document)


def _main_figures(review: Review, statistics: Mapping[str, Collection[str]]) -> Iterator[ConfigError]:
    for index, figure in enumerate(review.main_figures):
        where = f"main_figures.{index}"
        if figure.metric not in statistics:
            remedy = one_metric_of(figure.metric, statistics)
            yield ConfigError(f"there is no metric {figure.metric!r}", where=f"{where}.metric", remedy=remedy)
        elif figure.statistic is not None and figure.statistic not in statistics[figure.metric]:
            yield ConfigError(
                f"{figure.metric} has no statistic {figure.statistic!r}", where=f"{where}.statistic",
                remedy=f"write one of: {', '.join(statistics[figure.metric])}",
            )  # fmt: skip
        for dimension in sorted(set(figure.where) - set(DIMENSIONS[1:])):
            yield ConfigError(
                f"{dimension!r} is not a dimension", where=f"{where}.where.{dimension}",
                remedy=f"write one of: {', '.join(DIMENSIONS[1:])}",
            )  # fmt: skip


def _as_one(errors: Sequence[ConfigError], document: PositionedYaml) -> ConfigError:
    return _together([(error.found, _locate(error.where, document), error.remedy) for error in errors])


def _locate(where: str, document: PositionedYaml) -> str:
    """Turn a dotted path such as `goals.0.metric` into file, line and column."""
    parts: list[str | int] = [int(part) if part.isdigit() else part for part in where.split(".") if part]
    return document.where(tuple(parts)) if parts else str(document.path)


def _as_config_error(details: list[ErrorDetails], document: PositionedYaml) -> ConfigError:
    inner = {detail["loc"][:length] for detail in details for length in range(len(detail["loc"]))}
    telling = [detail for detail in details if detail["loc"] not in inner]
    return _together(_distinct([_fault(detail, document) for detail in telling]))


def _together(faults: list[tuple[str, str, str]]) -> ConfigError:
    if len(faults) == 1:
        found, where, remedy = faults[0]
        return ConfigError(found, where=where, remedy=remedy)
    lines = [f"{where}: {found}" + (f"; {remedy}" if remedy else "") for found, where, remedy in faults]
    listed = "\n    ".join(["", *lines])
    return ConfigError(f"{len(faults)} faults in the configuration", where=listed, remedy="correct each of them")


def _distinct(faults: list[tuple[str, str, str]]) -> list[tuple[str, str, str]]:
    return list(dict.fromkeys(faults))


def _fault(detail: ErrorDetails, document: PositionedYaml) -> tuple[str, str, str]:
    location = _in_file(detail["loc"], document)
    where = document.where(location)
    name = str(location[-1]) if location else ""
    kind, message = detail["type"], detail["msg"].removeprefix("Value error, ")
    if kind == "extra_forbidden":
        return f"unknown key {name!r}", where, _allowed_keys(location, name, document)
    if kind == "missing":
        place = ".".join(str(part) for part in location[:-1]) or "the file"
        return f"{place} lacks the key {name!r}", document.where(location[:-1]), f"add `{name}:`"
    found = _shown(detail.get("input"))
    if kind == "value_error":
        found, _, remedy = message.partition("; ")
        return found, where, remedy
    return f"{'.'.join(map(str, location))}: found {found}", where, message[:1].lower() + message[1:]


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 80 else text[:77] + "..."


def _in_file(loc: tuple[str | int, ...], document: PositionedYaml) -> Location:
    """Drop the parts that pydantic adds for unions, which are not in the file."""
    location: list[str | int] = []
    for index, part in enumerate(loc):
        key = part if isinstance(part, int) else str(part)
        if document.holds((*location, key)) or index == len(loc) - 1:
            location.append(key)
    return tuple(location)


def _allowed_keys(location: Location, name: str, document: PositionedYaml) -> str:
    allowed = _keys_at(location[:-1], document)
    near = get_close_matches(name, allowed, n=1)
    hint = f"did you mean {near[0]!r}? " if near else ""
    return f"{hint}allowed here: {', '.join(allowed)}" if allowed else "remove it"


def _keys_at(location: Location, document: PositionedYaml) -> list[str]:
    """Names of the fields of the model that stands at a location."""
    from tasks.configuration.model import Review

    candidates: list[Any] = [Review]
    value: Any = document.value
    for part in location:
        candidates = [inner for model in candidates for inner in _models_inside(model, part, value)]
        value = value[part] if isinstance(value, dict | list) else None
    models = [model for model in candidates if hasattr(model, "model_fields")]
    if isinstance(value, dict) and "kind" in value and len(models) > 1:
        models = [
            m for m in models if value["kind"] in get_args(getattr(m.model_fields.get("kind"), "annotation", None))
        ] or models
    return list(dict.fromkeys(field.alias or name for model in models for name, field in model.model_fields.items()))


def _models_inside(model: Any, part: str | int, value: Any) -> list[Any]:
    if hasattr(model, "model_fields"):
        fields = {field.alias or name: field for name, field in model.model_fields.items()}
        return _flatten(fields[str(part)].annotation) if str(part) in fields else []
    return [inner for argument in get_args(model) for inner in _flatten(argument)]


def _flatten(annotation: Any) -> list[Any]:
    """The models and containers inside an annotation: unions and `Annotated` opened, lists and dicts kept."""
    origin = getattr(annotation, "__origin__", None)
    if hasattr(annotation, "model_fields") or origin in (list, dict, tuple):
        return [annotation]
    return [inner for argument in get_args(annotation) for inner in _flatten(argument)]
