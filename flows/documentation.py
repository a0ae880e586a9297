"""Docs that are made from the code: `make docs` writes them, a test fails when they are stale."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from evaluation.fields import FIELDS, TABLES, allowed_values
from flows.definitions import schema_text

ROOT = Path(__file__).parent.parent
EXIT_CODES = (
    "Exit codes: 0 done, 1 the machine refused (disk full, no right to write), 2 bad configuration or usage, "
    "3 the data do not carry the report (it is withheld, or nothing is recorded), 4 a source failed, "
    "5 delivery partly failed, 6 figures contradict each other (a fault of the program; nothing is published)."
)
MADE = "<!-- Made by `make docs`; do not edit by hand. -->\n\n"


def pages() -> dict[str, str]:
    """Path (relative to the project) and text of every page that is made from the code."""
    from reports.language import Language, available
    from reports.metrics_page import metrics_page, page_name

    return {
        "docs/columns.md": columns_page(),
        "docs/configuration.md": configuration_page(),
        "docs/command-line.md": command_line_page(),
        **{f"docs/{page_name(code)}": metrics_page(Language.named(code)) for code in available()},
        "docs/review.schema.json": schema_text() + "\n",
    }


def columns_page() -> str:
    """The canonical tables and their columns."""
    parts = [
        "# Canonical tables\n",
        MADE + "What sources map to, and the only thing that everything after the pull reads.\n",
    ]
    for name, shape in TABLES.items():
        key = ", ".join(f"`{column}`" for column in shape.key) or "none"
        parts.append(f"\n## {name}\n\nA row is {shape.row}. Key: {key}.\n")
        parts.append("| column | must | type | unit | meaning | allowed |\n| --- | --- | --- | --- | --- | --- |")
        parts += [_column_row(name, column, column in shape.required) for column in shape.columns]
    return "\n".join(parts) + "\n"


def _column_row(table: str, column: str, must: bool) -> str:
    field = FIELDS[column]
    allowed = ", ".join(f"`{value}`" for value in allowed_values(table, column))
    bounds = " ".join(
        f"{sign} {limit:g}" for sign, limit in (("≥", field.lowest), ("≤", field.highest)) if limit is not None
    )
    cells = (f"`{column}`", "yes" if must else "", field.dtype, field.unit or "", field.meaning, allowed or bounds)
    return f"| {' | '.join(cells)} |"


def configuration_page() -> str:
    """Every key of `review.yaml`, from the model's JSON Schema."""
    schema = json.loads(schema_text())
    parts = ["# Configuration reference\n", MADE + "Every key of `review.yaml`. Unknown keys are refused. "
             "The JSON Schema for editors is [review.schema.json](review.schema.json) (`service-review schema`).\n",
             "\n## review.yaml\n", *_keys(schema)]  # fmt: skip
    for name, definition in sorted(schema["$defs"].items()):
        model = whole_form(definition)
        if model.get("properties"):
            parts += [
                f"\n## {name}\n",
                *([model["description"].split("\n\n")[0] + "\n"] if "description" in model else []),
                *_keys(model),
            ]
    return "\n".join(parts) + "\n"


def whole_form(definition: dict[str, Any]) -> dict[str, Any]:
    """The mapping among the forms in which a part may be written."""
    return next((form for form in definition.get("anyOf", ()) if "properties" in form), definition)


def _keys(model: dict[str, Any]) -> Iterator[str]:
    yield "| key | must | type | meaning |\n| --- | --- | --- | --- |"
    for name, part in model["properties"].items():
        must = "yes" if name in model.get("required", ()) else ""
        default = part.get("default")
        said = " ".join(str(part.get("description", "")).split())
        said += (
            f" Default: `{json.dumps(default, ensure_ascii=False)}`."
            if default not in (None, {}, []) and not isinstance(default, dict)
            else ""
        )
        yield f"| `{name}` | {must} | {_type(part)} | {said.strip()} |".replace("\\|", "or")


def _type(part: dict[str, Any]) -> str:
    if "$ref" in part:
        name = part["$ref"].rpartition("/")[2]
        return f"[{name}](#{name.lower()})"
    if "enum" in part or "const" in part:
        return ", ".join(f"`{value}`" for value in part.get("enum", [part.get("const")]))
    options = part.get("anyOf") or part.get("oneOf")
    if options:
        return " or ".join(_type(option) for option in options if option.get("type") != "null")
    if part.get("type") == "array":
        return f"list of {_type(part.get('items', {}))}"
    if part.get("type") == "object" and isinstance(part.get("additionalProperties"), dict):
        return f"mapping to {_type(part['additionalProperties'])}"
    return str(part.get("type", "anything"))


def command_line_page() -> str:
    """Every command with its options, as `--help` prints it."""
    import typer
    from click.testing import CliRunner

    from flows.command_line import app

    command = typer.main.get_command(app)
    runner = CliRunner(env={"COLUMNS": "100", "NO_COLOR": "1", "TERM": "dumb"})
    parts = ["# Command line\n", f"{MADE}{EXIT_CODES}\n"]
    for arguments in ([], *[[name] for name in command.commands]):  # type: ignore[attr-defined]
        text = runner.invoke(command, [*arguments, "--help"], prog_name="service-review", terminal_width=100).output
        lines = "\n".join(line.rstrip() for line in text.strip("\n").splitlines())
        parts.append(f"\n## service-review {' '.join(arguments)}".rstrip() + f"\n\n```text\n{lines}\n```")
    return "\n".join(parts) + "\n"


def write_pages() -> None:
    """Write every page that is made from the code."""
    for name, text in pages().items():
        path = ROOT / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        print(name)


if __name__ == "__main__":
    write_pages()
