"""Deployments are rows of prefect.yaml that bind to the flow's signature and say their zone."""

import inspect
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from ruamel.yaml import YAML

ROOT = Path(__file__).parents[2]
DEPLOYMENTS = YAML(typ="safe").load((ROOT / "prefect.yaml").read_text())["deployments"]


@pytest.mark.parametrize("deployment", DEPLOYMENTS, ids=lambda d: d["name"])
def test_a_deployment_binds_to_its_flow_and_says_its_zone(deployment, monkeypatch):
    from prefect.flows import load_flow_from_entrypoint

    monkeypatch.chdir(ROOT)
    flow = load_flow_from_entrypoint(deployment["entrypoint"], use_placeholder_flow=False)
    bound = inspect.signature(flow.fn).bind(**deployment["parameters"])
    assert bound.arguments["period"].startswith("latest-")
    assert flow.name == "service-review"
    for schedule in deployment["schedules"]:
        assert ZoneInfo(schedule["timezone"])
        assert len(schedule["cron"].split()) == 5


def test_there_is_a_monthly_and_a_quarterly_cadence():
    assert {d["name"]: d["parameters"]["period"] for d in DEPLOYMENTS} == {
        "monthly": "latest-month", "quarterly": "latest-quarter",
    }  # fmt: skip


def test_no_flow_file_is_named_like_a_room():
    rooms = {"flows", "tasks", "reports", "expectations", "evaluation"}
    assert not rooms & {path.stem for path in (ROOT / "flows").glob("*.py")}
