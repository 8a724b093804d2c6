"""What README and docs say of names, settings, files and figures is so."""

import os
import re
import subprocess
import sys
from pathlib import Path
from shutil import which

import pytest

from farhand.cli import app
from farhand.credentials import Credentials
from farhand.settings import Given
from libs.common import telemetry
from libs.common.settings import Settings
from services.console.settings import ConsoleSettings
from services.metrics.mlflow.settings import MlflowSettings
from services.notify.settings import NotifySettings
from services.onboarding.vpn.settings import VpnSettings
from tests.conftest import OpenDatabase
from tests.guides.pages import ROOT, blocks, rows, section
from tests.guides.services import environment, running
from tests.infrastructure import Infrastructure

README = ROOT / "README.md"
PAGES = [README, ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
OF_THE_COMMAND = {
    f"FARHAND_{name}".upper() for name in (*Given.__slots__, "home", "cache", "clock")
}


def defaults() -> dict[str, object]:
    """Every variable that a service reads, with its default."""
    return {
        f"{settings.model_config.get('env_prefix')}{name}".upper(): field.default
        for settings in (Settings, NotifySettings, VpnSettings, MlflowSettings, ConsoleSettings)
        for name, field in settings.model_fields.items()
    }


def test_the_readme_lists_every_setting() -> None:
    listed = [row[0] for row in rows(section(README, "Settings"))]
    assert sorted(listed) == sorted(
        {f"`{name}`" for name in OF_THE_COMMAND | defaults().keys() | {"FARHAND_PORT_BASE"}}
    )


@pytest.mark.parametrize(
    "name",
    [name for name, default in defaults().items() if isinstance(default, int | float | Path)],
)
def test_the_readme_tells_the_default_of(name: str) -> None:
    [default] = [row[1] for row in rows(section(README, "Settings")) if row[0] == f"`{name}`"]
    meant = defaults()[name]
    assert default == f"`{str(meant).lower() if isinstance(meant, bool) else meant}`"


def test_the_readme_lists_every_sub_command() -> None:
    listed = [row[0].strip("`") for row in rows(section(README, "The command"))]
    assert listed == [name for name in app if not name.startswith("-")]


def test_operations_lists_every_figure_of_the_kernel() -> None:
    page = ROOT / "docs" / "architecture" / "operations.md"
    declared = {
        next(iter(each.describe())).name
        for each in vars(telemetry).values()
        if hasattr(each, "describe") and not isinstance(each, type)
    }
    assert {row[0].strip("`") for row in rows(section(page, "Figures"))} == declared


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_what_a_page_points_to_is_there(page: Path) -> None:
    text = re.sub(r"^```.*?^```", "", page.read_text(), flags=re.MULTILINE | re.DOTALL)
    links = re.findall(r"\]\((?!https?:|#)([^)#]+)", text)
    assert [link for link in links if not (page.parent / link).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_what_a_page_says_to_look_in_is_there(page: Path) -> None:
    """A table headed "look in `folder/`" names files of that folder, else of the tree."""
    for head, table in re.findall(
        r"^\| to find \| look in ?(.*?) \|\n\|[-|]+\n((?:\|.*\n?)+)", page.read_text(), re.MULTILINE
    ):
        folder = ROOT / head.strip("`")
        named = re.findall(
            r"`([a-zA-Z_][\w./*-]*[\w*/])`", re.sub(r"^\|.*?\|", "", table, flags=re.MULTILINE)
        )
        files = [name for name in named if "/" in name or "." in name]
        assert [name for name in files if not any(folder.glob(name))] == []


def test_every_decision_is_in_the_index() -> None:
    folder = ROOT / "docs" / "decisions"
    listed = re.findall(r"\]\((\d{3}-[\w-]+\.md)\)", (folder / "README.md").read_text())
    assert listed == sorted(path.name for path in folder.glob("[0-9]*.md"))
    for name in listed:
        assert "**Revisit when**" in (folder / name).read_text()


def test_the_list_of_licences_is_up_to_date_and_allowed() -> None:
    script = ROOT / "requirements" / "licences.py"
    checked = subprocess.run(  # noqa: S603  # our own script
        (sys.executable, str(script), "--check"), capture_output=True, text=True, check=False
    )
    assert checked.returncode == 0, checked.stdout


@pytest.mark.skipif(not (which("curl") and which("openssl")), reason="needs curl and openssl")
async def test_the_signed_delivery_of_the_readme_is_accepted(
    infrastructure: Infrastructure, databases: OpenDatabase, tmp_path: Path
) -> None:
    [script] = [b.text for b in blocks(README) if "# front door" in b.text]
    Credentials(tmp_path / "secrets").generate(("onboarding",))
    async with databases("onboarding") as dsn:
        env = environment(infrastructure, dsn, tmp_path)
        base = str(int(env["FARHAND_HTTP_PORT"]) - 1)
        async with running("onboarding", ROOT, env, tmp_path / "log"):
            answers = [delivered(script, {**os.environ, **env, "FARHAND_PORT_BASE": base})]
    assert '"status":"accepted"' in answers[0]


def delivered(script: str, env: dict[str, str]) -> str:
    return subprocess.run(  # noqa: S603  # the README's own words
        ("/bin/bash", "-euo", "pipefail", "-c", script),
        env=env,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
