"""YAML with positions: plain values, and where in the file each of them stands."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import MarkedYAMLError
from ruamel.yaml.reader import ReaderError

from evaluation.errors import ConfigError

Location = tuple[str | int, ...]
Position = tuple[int, int]


class PositionedYaml:
    """A YAML file as plain Python values, with line and column of every key and value.

    Attributes:
        path: The file.
        value: Its content as dicts, lists and scalars.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._positions: dict[Location, Position] = {(): (1, 1)}
        try:
            self.value: Any = self._plain(_load(path), ())
        except RecursionError:
            raise ConfigError(
                "the configuration is nested hundreds of levels deep", where=str(path),
                remedy="look for brackets that are never closed",
            ) from None  # fmt: skip

    def where(self, location: Location) -> str:
        """`file:line:column` of a location; of its nearest ancestor when it is not written in the file.

        Numbers count from 1.
        """
        for length in range(len(location), -1, -1):
            if location[:length] in self._positions:
                line, column = self._positions[location[:length]]
                return f"{self.path}:{line}:{column}"
        return str(self.path)

    def holds(self, location: Location) -> bool:
        """Whether the file has something at this location."""
        return location in self._positions

    def _plain(self, node: Any, location: Location) -> Any:
        tag = getattr(getattr(node, "tag", None), "value", None)
        if tag is not None:
            raise ConfigError(
                f"{tag} is a YAML tag, and tags mean nothing here", where=self.where(location),
                remedy="write the plain value",
            )  # fmt: skip
        if isinstance(node, CommentedMap):
            for key in node:
                line, column = node.lc.key(key)
                self._positions[*location, _key(key)] = (line + 1, column + 1)
            return {_key(key): self._plain(item, (*location, _key(key))) for key, item in node.items()}
        if isinstance(node, CommentedSeq):
            for index in range(len(node)):
                line, column = node.lc.item(index)
                self._positions[*location, index] = (line + 1, column + 1)
            return [self._plain(item, (*location, index)) for index, item in enumerate(node)]
        return node


def _key(key: Any) -> Any:
    return key if isinstance(key, str | bool) else str(key)


def _load(path: Path) -> Any:
    reader = YAML(typ="rt", pure=True)
    reader.allow_duplicate_keys = False
    try:
        document = reader.load(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise ConfigError(
            f"there is no file {path.name!r}",
            where=str(path.parent),
            remedy="make one with `service-review init my-company`, or name another with --config",
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(
            f"the configuration cannot be read: {error}", where=str(path), remedy="save it as UTF-8 text"
        ) from None
    except MarkedYAMLError as error:
        raise ConfigError(_problem(error), where=_mark(path, error), remedy="correct the YAML at this place") from None
    except ReaderError as error:
        raise ConfigError(f"not YAML: {error.reason}", where=str(path), remedy="save it as UTF-8 text") from None
    if not isinstance(document, CommentedMap):
        raise ConfigError(
            "the configuration is empty or not a mapping", where=str(path), remedy="start with `organisation:`"
        )
    return document


def _problem(error: MarkedYAMLError) -> str:
    problem = str(error.problem or error.context or "it does not parse").split("\n")[0]
    return f"not valid YAML: {problem}"


def _mark(path: Path, error: MarkedYAMLError) -> str:
    mark = error.problem_mark or error.context_mark
    return f"{path}:{mark.line + 1}:{mark.column + 1}" if mark else str(path)
