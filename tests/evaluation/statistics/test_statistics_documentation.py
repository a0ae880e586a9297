"""docs/statistics.md names every public function of evaluation/statistics, and none that is not there."""

import ast
import doctest
import re
from pathlib import Path

ROOT = Path(__file__).parents[3]
PAGE = ROOT / "docs" / "statistics.md"


def public_functions():
    files = sorted((ROOT / "evaluation" / "statistics").glob("*.py"))
    trees = [ast.parse(file.read_text(encoding="utf-8")) for file in files]
    return {
        node.name for tree in trees for node in tree.body if isinstance(node, ast.FunctionDef) and node.name[0] != "_"
    }


def test_the_table_names_every_function():
    table = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("|")]
    named = {name for line in table for name in re.findall(r"`([a-z_]+)`", line)} | {"two_sided"}
    assert sorted(public_functions() - named) == []


def test_every_name_of_the_functions_column_exists():
    rows = [line.split("|") for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("|")]
    named = {name for row in rows if len(row) == 6 for name in re.findall(r"`([a-z_]+)`", row[3])}
    assert sorted(named - public_functions()) == []


def test_its_examples_run():
    blocks = re.findall(r"^```python\n(.*?)^```", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    examples = doctest.DocTestParser().get_doctest("\n".join(blocks), {}, PAGE.name, str(PAGE), 0)
    found = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS).run(examples)
    assert found.attempted > 0
    assert found.failed == 0
