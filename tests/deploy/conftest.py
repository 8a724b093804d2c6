"""Tests of what is deployed run where containers are asked for, and say so where they do not."""

import os
import shutil
import subprocess

import pytest


def _why_not() -> str | None:
    if os.environ.get("FARHAND_INFRA") != "containers":
        return "containers are tested with FARHAND_INFRA=containers"
    if shutil.which("docker") is None:
        return "there is no docker command"
    asked = ["docker", "compose", "version"], ["docker", "info"]
    answered = [subprocess.run(each, capture_output=True, check=False).returncode for each in asked]  # noqa: S603
    return "no Docker engine with compose answers" if any(answered) else None


@pytest.fixture(scope="session", autouse=True)
def docker() -> None:
    if (why := _why_not()) is not None:
        pytest.skip(why)
