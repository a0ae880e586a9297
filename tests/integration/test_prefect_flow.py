"""The flow on a real Prefect server: the same steps, the same edition, the right period for a late start."""

import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.slow


def task_names(client, flow_run_id):
    from prefect.client.schemas.filters import FlowRunFilter, FlowRunFilterId

    runs = client.read_task_runs(flow_run_filter=FlowRunFilter(id=FlowRunFilterId(any_=[flow_run_id])))
    return {run.name.rpartition("-")[0]: run.state.type.value for run in runs}


def run_scheduled_for(moment, parameters):
    """Run the flow as a worker does: an existing flow run that was scheduled for a moment, started now."""
    from prefect import get_client
    from prefect.flow_engine import run_flow
    from prefect.states import Scheduled

    from flows.service_review import service_review

    with get_client(sync_client=True) as client:
        flow_run = client.create_flow_run(service_review, parameters=parameters, state=Scheduled(scheduled_time=moment))
        outcome = run_flow(service_review, flow_run=flow_run, parameters=parameters)
        return outcome, task_names(client, flow_run.id)


def test_a_late_start_evaluates_the_period_it_was_scheduled_for(prefect_server, social_care):
    outcome, tasks = run_scheduled_for(
        datetime(2020, 4, 2, 6, tzinfo=UTC), {"period": "latest-month", "config": str(social_care)}
    )
    assert (outcome["period"], outcome["edition"], outcome["stands"]) == ("2020-03", 1, False)
    assert (social_care / "archive" / "2020-03" / "edition-1" / "report.en.pdf").is_file()
    assert tasks == dict.fromkeys(("collect", "validate", "evaluate", "render", "publish", "deliver"), "COMPLETED")

    again, tasks = run_scheduled_for(
        datetime(2020, 4, 2, 6, tzinfo=UTC), {"period": "latest-month", "config": str(social_care)}
    )
    assert (again["edition"], again["stands"]) == (1, True)
    assert "render" not in tasks


def test_a_mistake_in_the_configuration_fails_the_run_at_once(prefect_server, social_care):
    from evaluation.errors import ConfigError
    from flows.service_review import service_review

    (social_care / "review.yaml").write_text("organisation: {name: A}\n")
    with pytest.raises(ConfigError):
        service_review(period="2020-03", config=str(social_care))


def test_the_command_reports_to_the_server_it_is_given(prefect_server, social_care):
    from prefect import get_client
    from prefect.settings import PREFECT_API_URL

    done = subprocess.run(
        [sys.executable, "-m", "flows.command_line", "run", "2020-03", "--config", str(social_care)],
        capture_output=True, text=True, timeout=600, check=False, cwd=social_care,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PREFECT_API_URL": PREFECT_API_URL.value()},
    )  # fmt: skip
    assert "edition 1 of 2020-03 published" in done.stdout, done.stderr
    with get_client(sync_client=True) as client:
        newest = client.read_flow_runs(limit=1, sort="START_TIME_DESC")[0]
    assert newest.state.is_completed()
    assert newest.parameters["period"] == "2020-03"
