"""A mistake in a metric of one's own names the file, line and column, and what to write instead."""

import json
import re

import pytest

from evaluation.errors import ConfigError
from flows.definitions import schema_text
from tasks.configuration.reading import read_review

HEAD = """organisation: {name: X, time_zone: UTC}
sources:
  - {id: a, kind: file, files: [x], tables: [{table: tickets, columns: {ticket_id: a, created_at: b, channel_code: c}}]}
metrics:
"""
OWN = """  complaints:
    kind: count
    label: Complaints
    pillar: quality
    unit: count
    better: lower
    population: Tickets that complain.
    definition: How many there were.
    minimum_sample: 1
    table: tickets
    anchor: created_at
    where: {is_complaint: true}
"""


def refusal(folder, own):
    (folder / "review.yaml").write_text(HEAD + own, encoding="utf-8")
    with pytest.raises(ConfigError) as error:
        read_review(folder)
    return str(error.value)


def test_a_right_one_is_read(tmp_path):
    (tmp_path / "review.yaml").write_text(HEAD + OWN, encoding="utf-8")
    review = read_review(tmp_path)
    assert review.metrics["complaints"].where["is_complaint"].is_in == [True]


@pytest.mark.parametrize(
    ("old", "new", "place", "says"),
    [
        ("kind: count", "kind: cuont", "5:3", "count, share, mean, duration, quantile, nps, stock, ratio"),
        ("    kind: count\n", "", "7:5", "unknown key 'pillar'"),
        ("    better: lower\n", "", "5:3", "add `better:`"),
        ("better: lower", "better: less", "10:5", "metrics.complaints.better: found 'less'"),
        ("unit: count", "unit: share", "9:5", "metrics.complaints.unit: found 'share'"),
        ("label: Complaints", "lable: Complaints", "7:5", "allowed here: label, pillar"),
        ("minimum_sample: 1", "minimum_sample: 0", "13:5", "greater than or equal to 1"),
        ("table: tickets", "table: tickts", "14:5", "write one of: tickets"),
        ("anchor: created_at", "anchor: created", "15:5", "write one of: created_at"),
        ("anchor: created_at", "anchor: subject", "15:5", "holds text, and here an instant is needed"),
        ("is_complaint: true", "is_complain: true", "16:13", "has no column 'is_complain'"),
        ("is_complaint: true", "is_complaint: 'yes'", "16:13", "and 'yes' is not"),
        ("is_complaint: true", "is_complaint: true, channel: mail", "16:33", "'mail' is not a value of channel"),
        ("is_complaint: true", "is_complaint: {is: true}", "16:28", "unknown key 'is'"),
        ("is_complaint: true", "is_complaint:", "16:13", "an empty condition says nothing"),
        ("is_complaint: true", "is_complaint: {given: true, in: [true]}", "16:13", "given stands alone"),
        ("  complaints:", "  csat:", "5:3", "'csat' is a metric of the catalogue"),
        ("  complaints:", "  Complaints:", "5:3", "is not an id for a metric"),
    ],
)
def test_a_mistake_is_found_where_it_stands(tmp_path, old, new, place, says):
    assert old in OWN
    text = refusal(tmp_path, OWN.replace(old, new))
    assert f"review.yaml:{place}" in text
    assert says in text.replace("\n  what to do: ", "; ")


def test_all_mistakes_are_told_at_once(tmp_path):
    text = refusal(tmp_path, OWN.replace("tickets", "tickts") + OWN.replace("complaints", "more").replace("_at", "_on"))
    assert re.findall(r"review\.yaml:(\d+):", text) == ["14", "27"]


def test_the_schema_knows_every_kind():
    schema = json.loads(schema_text())
    forms = schema["properties"]["metrics"]["additionalProperties"]["oneOf"]
    kinds = {
        schema["$defs"][form["$ref"].rpartition("/")[2]]["properties"].get("kind", {}).get("const") for form in forms
    }
    assert kinds == {None, "count", "share", "mean", "duration", "quantile", "nps", "stock", "ratio"}
    assert {"counts_when", "anchor", "where", "label"} <= set(schema["$defs"]["OwnShare"]["required"])
