"""The command line: light to start, clear about mistakes, with the exit codes that operations rely on."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from evaluation.breakdowns import MAKERS
from flows.definitions import print_definitions

ROOT = Path(__file__).parents[2]
HEAVY = (
    "pandas",
    "numpy",
    "ibis",
    "duckdb",
    "prefect",
    "great_expectations",
    "weasyprint",
    "pydantic",
    "sqlalchemy",
    "scipy",
)


def call(*arguments, cwd=ROOT, **environment):
    return subprocess.run(
        [sys.executable, "-m", "flows.command_line", *map(str, arguments)], cwd=cwd, capture_output=True, text=True,
        env={**os.environ, "COLUMNS": "200", "PYTHONPATH": str(ROOT), **environment}, timeout=300, check=False,
    )  # fmt: skip


def imported_by(code):
    script = f"import sys\n{code}\nprint('\\n'.join(sys.modules))"
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    return {name.partition(".")[0] for name in done.stdout.split()}


def test_help_lists_the_commands_and_imports_nothing_heavy():
    said = call("--help").stdout
    for command in (
        "init",
        "check",
        "run",
        "measure",
        "explain",
        "sample",
        "list",
        "show",
        "verify",
        "metrics",
        "schema",
    ):
        assert f"  {command}" in said
    assert not imported_by("import flows.command_line") & set(HEAVY)


def test_the_domain_itself_is_light_to_import():
    assert not imported_by("import evaluation, reports, tasks, expectations, flows") & set(HEAVY)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("run", "2026-13", "--config", "examples/social-care"), "'2026-13' is not a period"),
        (("run", "2020-Q1", "--config", "examples/social-care", "--lang", "de"), "'de' is not a language"),
        (("run", "2020-Q1", "--config", "examples/social-care", "--as-of", "soon"), "'soon' is not a moment"),
        (("run", "2099-Q1", "--config", "examples/social-care"), "has not started"),
        (("run", "2020-Q1", "--config", "examples/social-care", "--as-of", "2099-01-01"), "lies ahead"),
        (("run", "2020-Q1", "--config", "examples/social-care", "--as-of", "2019-01-01"), "nothing of 2020-Q1"),
        (("measure", "2020-Q1", "--config", "examples/social-care", "--output", "docs"), "docs is a folder"),
        (("measure", "2020-Q1", "--config", "examples/social-care", "--output", "no/x.csv"), "there is no folder no"),
        (("run", "2020-Q1", "--config", "nowhere/review.yaml"), "there is no file"),
        (("measure", "2020-Q1", "--config", "examples/social-care", "--format", "xml"), "'xml' is not a format"),
        (("measure", "2020-Q1", "--config", "examples/social-care", "--format", "parquet"), "add --output"),
        (("measure", "2020-Q1", "--config", "examples/social-care", "--breakdown", "reason"), "contact_reasons"),
        (("measure", "2020-Q1", "-c", "examples/social-care", "-b", "contact_reasons", "-m", "csat"), "leave them out"),
        (("metrics", "first_respons_time"), "first_response_time"),
        (("measure", "2020-Q1", "-c", "examples/social-care", "-m", "csta"), "`service-review metrics` lists all"),
        (("explain", "03cCkoJPftP1qxvbjH94", "--config", "examples/social-care"), "social:03cCkoJPftP1qxvbjH93"),
        (("explain", "1", "--config", "examples/social-care", "--as-of", "2099-01-01"), "lies ahead"),
        (("show", "1999-01", "--config", "examples/social-care"), "there is no edition of 1999-01"),
        (("init", "examples"), "not empty"),
    ],
)
def test_a_mistake_is_told_without_a_trace_and_leaves_with_2(arguments, said):
    done = call(*arguments)
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert "what to do" in done.stderr
    assert done.returncode == 2


def test_a_refusal_of_the_machine_is_told_without_a_trace_and_leaves_with_1(tmp_path):
    (tmp_path / "tickets.csv").write_text("id,created,channel\n1,2026-07-01T09:00Z,email\n")
    (tmp_path / "review.yaml").write_text(
        "organisation: {name: Full disk, time_zone: UTC}\narchive: tickets.csv/deeper\n"
        "sources: [{id: desk, kind: file, files: tickets.csv, tables: [{table: tickets, columns: "
        "{ticket_id: id, created_at: created, channel_code: channel}}]}]\n"
    )
    done = call("run", "2026-Q3", "--config", tmp_path)
    assert done.returncode == 1
    assert "the machine refused: not a directory" in done.stderr
    assert "tickets.csv/deeper" in done.stderr
    assert "Traceback" not in done.stderr
    # measuring alone publishes nothing, so it needs no archive
    measured = call("measure", "2026-07", "--config", tmp_path, "--metric", "tickets_created", "--quiet")
    assert measured.returncode == 0, measured.stderr
    assert "tickets_created" in measured.stdout
    assert sorted(path.name for path in tmp_path.iterdir()) == ["review.yaml", "tickets.csv"]


def test_an_unknown_command_leaves_with_2():
    assert call("evaluate").returncode == 2


def test_the_schema_knows_the_examples():
    import jsonschema
    from ruamel.yaml import YAML

    schema = json.loads(call("schema").stdout)
    jsonschema.Draft202012Validator.check_schema(schema)
    for example in sorted((ROOT / "examples").glob("*/review.yaml")):
        content = YAML(typ="safe").load(example.read_text(encoding="utf-8"))
        jsonschema.validate(json.loads(json.dumps(content, default=str)), schema)


def test_every_definition_says_who_is_credited_by_the_organisation_s_choice(tmp_path, capsys):
    print_definitions(None, None, is_whole=True)
    said = capsys.readouterr().out
    assert said.count("\npopulation:") == said.count("\ncredited:") > 60
    assert all(len(line) <= 80 for line in said.splitlines())
    review = (ROOT / "examples" / "social-care" / "review.yaml").read_text(encoding="utf-8")
    (tmp_path / "review.yaml").write_text(f"{review}\nsurveys: {{credited: most_replies}}\n", encoding="utf-8")
    for config, credited in ((None, "the agent whom the survey names"), (tmp_path, "the author of most replies")):
        print_definitions("csat", config, is_whole=False)
        assert f"credited:       {credited}" in capsys.readouterr().out


def test_definitions_are_printed():
    listed = call("metrics").stdout
    assert "first_response_time" in listed
    assert all(len(line) <= 80 for line in listed.splitlines())
    assert all(name in listed for name in MAKERS)
    assert "Table benchmark:" in call("metrics", "benchmark").stdout
    both = call("metrics", "contact_reasons").stdout
    assert "population:" in both
    assert "--breakdown contact_reasons" in both
    assert "population:" in call("metrics", "csat").stdout
