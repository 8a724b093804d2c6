"""Alerts and dashboards ask for figures that services show, by labels that these have."""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import prometheus_client
import pytest
import yaml

from libs.common import telemetry
from services.metrics import exposition

DEPLOY: Final = Path(__file__).parents[2] / "deploy"
RULES: Final = DEPLOY / "prometheus" / "alerts.yml"
DASHBOARDS: Final = sorted((DEPLOY / "grafana" / "dashboards").glob("*.json"))
PROMTOOL: Final = os.environ.get("FARHAND_PROMTOOL") or shutil.which("promtool")

OF_PROMETHEUS: Final[Mapping[str, frozenset[str]]] = {"up": frozenset()}
"""What Prometheus itself knows of every target."""
OF_EVERY_TARGET: Final = frozenset({"job", "instance"})
STRING: Final = re.compile(r'"[^"]*"')
NAME: Final = re.compile(r"\b(?:farhand|process|python)_\w+|\bup\b")
MATCHED: Final = re.compile(r"(\w+)\s*(?:=~|!~|!=|=)\s*\"")
GROUPED: Final = re.compile(r"\b(?:by|without|on)\s*\(([^)]*)\)")
QUOTED: Final = re.compile(r"\{\{\s*(?:\$labels\.)?(\w+)\s*\}\}")


def shown() -> dict[str, frozenset[str]]:
    """Every figure that a service shows, with its labels."""
    assert telemetry.MESSAGES, exposition.KPI
    found = dict(OF_PROMETHEUS)
    collectors: Any = prometheus_client.REGISTRY
    for collector in set(collectors._collector_to_names):  # noqa: SLF001  # no other way to the labels
        labels = frozenset(getattr(collector, "_labelnames", ()))
        for name in collectors._collector_to_names[collector]:  # noqa: SLF001
            found[name] = labels | ({"le"} if name.endswith("_bucket") else set())
    return found


SHOWN: Final = shown()


def asked(kind: str, expression: str, *legends: str) -> Any:
    return pytest.param(expression, legends, id=f"{kind}: {expression[:60]}")


def questions() -> Iterator[Any]:
    for group in yaml.safe_load(RULES.read_text())["groups"]:
        for rule in group["rules"]:
            yield asked(rule["alert"], rule["expr"], *rule["annotations"].values())
    for file in DASHBOARDS:
        board = json.loads(file.read_text())
        for panel in board["panels"]:
            for target in panel["targets"]:
                yield asked(panel["title"], target["expr"], target["legendFormat"])


def labels_of(names: Iterable[str]) -> frozenset[str]:
    """All labels of some figures."""
    return OF_EVERY_TARGET.union(*(SHOWN[name] for name in names))


@pytest.mark.parametrize(("expression", "legends"), list(questions()))
def test_what_is_asked_for_is_shown(expression: str, legends: tuple[str, ...]) -> None:
    names = set(NAME.findall(STRING.sub('""', expression)))
    grouped = {each.strip() for group in GROUPED.findall(expression) for each in group.split(",")}
    quoted = {each for text in legends for each in QUOTED.findall(text)}

    assert names
    assert names <= SHOWN.keys()
    assert {*MATCHED.findall(expression), *grouped, *quoted} <= labels_of(names)


def test_every_alert_is_explained() -> None:
    rules = yaml.safe_load(RULES.read_text())["groups"]
    page = (DEPLOY.parent / "docs" / "operate" / "alerts.md").read_text()

    alerts = {rule["alert"] for group in rules for rule in group["rules"]}

    assert alerts == set(re.findall(r"^\| `(\w+)` \|", page, re.MULTILINE))


def test_every_alert_is_tested() -> None:
    rules = yaml.safe_load(RULES.read_text())["groups"]
    tests = yaml.safe_load((DEPLOY / "prometheus" / "alerts_test.yml").read_text())["tests"]

    alerts = {rule["alert"] for group in rules for rule in group["rules"]}

    assert alerts == {
        each["alertname"]
        for test in tests
        for each in test["alert_rule_test"]
        if each["exp_alerts"]
    }


@pytest.mark.skipif(PROMTOOL is None, reason="there is no promtool; FARHAND_PROMTOOL may name one")
def test_alerts_fire_when_they_should() -> None:
    told = subprocess.run(  # noqa: S603  # of this file
        [str(PROMTOOL), "test", "rules", "alerts_test.yml"],
        cwd=RULES.parent,
        capture_output=True,
        check=False,
    )

    assert told.returncode == 0, (told.stdout + told.stderr).decode()


@pytest.mark.parametrize("file", DASHBOARDS, ids=lambda file: file.stem)
def test_a_dashboard_reads_from_a_source_that_is_provisioned(file: Path) -> None:
    provisioned = yaml.safe_load(
        (DEPLOY / "grafana" / "provisioning" / "datasources" / "prometheus.yml").read_text()
    )
    board = json.loads(file.read_text())

    known = {source["uid"] for source in provisioned["datasources"]}

    assert {panel["datasource"]["uid"] for panel in board["panels"]} <= known
    assert len({panel["id"] for panel in board["panels"]}) == len(board["panels"])
