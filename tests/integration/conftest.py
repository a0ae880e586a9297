"""A real Prefect server for the session: about ten seconds to start, so it lives here only."""

import os
import shutil
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def prefect_server():
    os.environ["PREFECT_SERVER_ANALYTICS_ENABLED"] = "false"
    from prefect.testing.utilities import prefect_test_harness

    with prefect_test_harness(server_startup_timeout=120):
        yield


@pytest.fixture
def social_care(tmp_path):
    """A copy of the example, so that its archive is the test's own."""
    folder = tmp_path / "social-care"
    shutil.copytree(ROOT / "examples" / "social-care", folder, ignore=shutil.ignore_patterns("archive", "out"))
    return folder
