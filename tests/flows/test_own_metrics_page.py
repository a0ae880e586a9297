"""The examples in docs/own-metrics.md are metrics that can be written so."""

import re
from pathlib import Path

import pytest

from flows.definitions import print_definitions
from tasks.configuration.reading import read_review

PAGE = (Path(__file__).parents[2] / "docs" / "own-metrics.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```yaml\n(metrics:\n.*?)```", PAGE, re.DOTALL)
HEAD = """organisation: {name: X, time_zone: UTC}
sources:
  - {id: a, kind: file, files: [x], tables: [{table: tickets, columns: {ticket_id: a, created_at: b, channel_code: c}}]}
"""


@pytest.mark.parametrize("example", EXAMPLES)
def test_an_example_is_a_metric(tmp_path, capsys, example):
    (tmp_path / "review.yaml").write_text(HEAD + example, encoding="utf-8")
    (name, option), *_ = read_review(tmp_path).metrics.items()
    print_definitions(name, tmp_path, is_whole=False)
    printed = capsys.readouterr().out
    assert f"{option.label} ({name})" in printed
    assert f": `{option.kind}`\n" in PAGE


def test_every_example_was_found():
    assert len(EXAMPLES) == PAGE.count("```yaml")
