"""Reading review.yaml: every fault with file, line, column, what was found and what is allowed."""

from pathlib import Path

import pytest

from evaluation.errors import ConfigError
from tasks.configuration.positions import PositionedYaml
from tasks.configuration.reading import placed, read_review

GOOD = """\
organisation: {name: Test house, time_zone: Europe/Warsaw}
sources:
  - id: desk
    kind: file
    files: [tickets.csv]
    tables:
      - table: tickets
        columns:
          ticket_id: id
          created_at: {from: created, format: iso}
          channel_code: {constant: email}
goals:
  - id: faster
    statement: Answer e-mail within two hours
    metric: first_response_time
    target: {at_most: 2h}
    feasible: It was reached in May.
    because: Customers leave when they wait.
    start: 2026-Q3
    due: 2026-Q4
    owner: anna.kowalska
"""


def written(tmp_path, text) -> Path:
    path = tmp_path / "review.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def refused(tmp_path, text) -> ConfigError:
    with pytest.raises(ConfigError) as caught:
        read_review(written(tmp_path, text))
    assert caught.value.exit_code == 2
    return caught.value


def test_a_good_configuration_loads(tmp_path):
    review = read_review(written(tmp_path, GOOD))
    assert review.organisation.name == "Test house"
    assert review.goals[0].owner == "anna.kowalska"
    assert read_review(tmp_path).settings.organisation == review.organisation


FAULTS = [
    ("time_zone: Europe/Warsaw", "time_zone: Warsaw", "1:34", "Warsaw", "IANA"),
    ("time_zone: Europe/Warsaw", "timezone: Europe/Warsaw", "1:34", "timezone", "time_zone"),
    ("    kind: file\n", "    kind: fax\n", "3:5", "fax", "file"),
    ("files: [tickets.csv]", "fils: [tickets.csv]", "5:5", "fils", "files"),
    ("table: tickets", "table: tickts", "7:9", "tickts", "tickets"),
    ("          ticket_id: id\n", "          tickt_id: id\n", "7:9", "tickt_id", "ticket_id"),
    ("metric: first_response_time", "metric: first_reply", "15:5", "first_reply", "first_response_time"),
    ("    target: {at_most: 2h}\n", "", "13:5", "Measurable", "target"),
    ("at_most: 2h", "at_most: 85%", "16:14", "85", "2h"),
    ("    owner: anna.kowalska\n", "", "13:5", "Specific", "owner"),
    ("    because: Customers leave when they wait.\n", "", "13:5", "Relevant", "because"),
    ("    feasible: It was reached in May.\n", "", "13:5", "Achievable", "feasible"),
    ("due: 2026-Q4", "due: 2026-Q9", "20:5", "2026-Q9", "2026-Q3"),
    ("due: 2026-Q4", "due: 2026-Q1", ":5", "2026-Q1", ""),
    ("goals:", "colour: petrol\ngoals:", "12:1", "colour", "archive"),
    ("  - id: desk", "  - id: desk\n    id: again", "4:5", "duplicate", ""),
    ("sources:", "sources", "3:7", "not valid YAML", ""),
    ("name: Test house", "name: ''", "1:16", "name", ""),
    ("name: Test house", "name: !!python/tuple [a]", "1:16", "tag", "plain value"),
    ("sources:", "calendar_for: {default: night}\nsources:", "1:1", "night", "calendars:"),
    ("sources:", "calendars: {default: {hours: {}}}\nsources:", "2:1", "never opens", "09:00-17:00"),
]


@pytest.mark.parametrize(
    ("good", "bad", "place", "found", "allowed"), FAULTS, ids=[f[1].strip() or f"no {f[0].strip()}" for f in FAULTS]
)
def test_a_fault_is_told_with_its_place_and_its_remedy(tmp_path, good, bad, place, found, allowed):
    assert good in GOOD
    error = refused(tmp_path, GOOD.replace(good, bad, 1))
    said = str(error)
    assert f"review.yaml:{place}" in said or (place.startswith(":") and place in said), said
    assert found in said, said
    assert allowed in said, said


def test_all_faults_are_told_at_once(tmp_path):
    error = refused(tmp_path, GOOD.replace("time_zone: Europe/Warsaw", "time_zone: Mars").replace("files:", "fils:"))
    assert "Mars" in str(error)
    assert "fils" in str(error)


def test_a_missing_file_says_how_to_make_one(tmp_path):
    with pytest.raises(ConfigError) as caught:
        read_review(tmp_path / "review.yaml")
    assert "init" in caught.value.remedy


@pytest.mark.parametrize("content", [b"", b"a: " + b"[" * 3000, b"- a\n- b\n", b"\xff\xfe\x00", b"key: \x07bell"])
def test_what_is_no_configuration_is_refused(tmp_path, content):
    (tmp_path / "review.yaml").write_bytes(content)
    with pytest.raises(ConfigError):
        read_review(tmp_path / "review.yaml")


def test_positions_are_those_of_the_file(tmp_path):
    document = PositionedYaml(written(tmp_path, "a:\n  - b: 1\n    c: [x, y]\n"))
    assert document.where(("a", 0, "c", 1)).endswith("review.yaml:3:12")
    assert document.where(("a", 0, "c", 7)).endswith("review.yaml:3:5")


def test_a_fault_that_only_the_data_show_has_its_place_too(tmp_path):
    path = written(tmp_path, GOOD)
    late = ConfigError("the target is worse than its baseline", where="goals.0.target", remedy="aim lower")
    assert str(placed(late, tmp_path)) == str(placed(late, path))
    assert placed(late, path).where.endswith("review.yaml:16:5")
    assert placed(late, path).remedy == "aim lower"
    elsewhere = ConfigError("2099-Q1 has not started yet", where="PERIOD")
    assert placed(elsewhere, path) is elsewhere
