"""The chart says what the services read, and refuses what it does not know.

Rendered by helm: the one that FARHAND_HELM names, or on the path.
"""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

import jsonschema_rs
import pytest
import yaml

from farhand.services import SERVICES
from libs.common.settings import Settings
from services.console.settings import ConsoleSettings

CHART: Final = Path(__file__).parents[2] / "deploy" / "helm"
HELM: Final = os.environ.get("FARHAND_HELM") or shutil.which("helm")
NAMES: Final = {service.name for service in SERVICES}
MANAGED: Final = "ci/managed.yaml"
VALUES: Final = ("values.yaml", MANAGED, "ci/small.yaml")

needs_helm = pytest.mark.skipif(HELM is None, reason="there is no helm; FARHAND_HELM may name one")


@cache
def rendered(values: str) -> tuple[Mapping[str, Any], ...]:
    command = [str(HELM), "template", "farhand", str(CHART), "--kube-version", "1.30.0"]
    told = subprocess.run(  # noqa: S603  # of this file
        [*command, "--values", str(CHART / values)], capture_output=True, check=False
    )
    assert told.returncode == 0, told.stderr.decode()
    return tuple(each for each in yaml.safe_load_all(told.stdout) if each)


def of_kind(kind: str, values: str) -> dict[str, Any]:
    return {
        each["metadata"]["labels"]["app.kubernetes.io/component"]: each
        for each in rendered(values)
        if each["kind"] == kind
    }


def containers(values: str) -> Iterator[Any]:
    for kind in ("Deployment", "Job"):
        for each in of_kind(kind, values).values():
            pod = each["spec"]["template"]["spec"]
            assert pod["securityContext"]["runAsNonRoot"]
            yield from pod["containers"]


@needs_helm
@pytest.mark.parametrize("values", VALUES)
def test_every_variable_that_is_set_is_read(values: str) -> None:
    read = {
        f"FARHAND_{name.upper()}"
        for name in (*Settings.model_fields, *ConsoleSettings.model_fields)
    }

    assert {each["name"] for made in containers(values) for each in made["env"]} <= read


@needs_helm
@pytest.mark.parametrize("values", VALUES)
def test_no_container_has_power_over_its_machine(values: str) -> None:
    for made in containers(values):
        assert made["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }


@needs_helm
@pytest.mark.parametrize("values", VALUES)
def test_a_schema_is_migrated_before_a_roll_out(values: str) -> None:
    jobs = of_kind("Job", values)

    assert set(jobs) == {f"{name}-migrations" for name in NAMES}
    for name in NAMES:
        job = jobs[f"{name}-migrations"]
        [made] = job["spec"]["template"]["spec"]["containers"]
        assert "pre-upgrade" in job["metadata"]["annotations"]["helm.sh/hook"]
        assert made["command"] == ["python", "-m", f"services.{name}", "migrate"]


@needs_helm
def test_every_service_scales_by_what_its_group_has_to_read() -> None:
    scaled = of_kind("ScaledObject", MANAGED)

    groups = {
        name: [each["metadata"]["consumerGroup"] for each in found["spec"]["triggers"]]
        for name, found in scaled.items()
    }

    assert groups == {name: [name] for name in NAMES}


@needs_helm
@pytest.mark.parametrize("values", VALUES)
def test_no_service_runs_more_copies_than_there_are_partitions(values: str) -> None:
    partitions = yaml.safe_load((CHART / values).read_text()).get("partitions", 6)
    most = [each["spec"]["maxReplicaCount"] for each in of_kind("ScaledObject", values).values()]
    most += [
        each["spec"]["maxReplicas"] for each in of_kind("HorizontalPodAutoscaler", values).values()
    ]

    assert all(each <= partitions for each in most)


@pytest.mark.parametrize(
    "values",
    [
        pytest.param(
            {"kafka": {"bootstrap": "no port", "port": 9092}}, id="an address without port"
        ),
        pytest.param({"autoscaling": {"kedda": True}}, id="a misspelt value"),
        pytest.param({"oidc": {"issuer": "http://id.example.com"}}, id="a provider without TLS"),
        pytest.param({"services": {"payroll": {}}}, id="a service there is not"),
        pytest.param({"postgres": {"host": "db", "port": "5432"}}, id="a port in quotes"),
    ],
)
def test_values_that_cannot_be_meant_are_refused(values: dict[str, Any]) -> None:
    schema = jsonschema_rs.validator_for(json.loads((CHART / "values.schema.json").read_text()))
    given = yaml.safe_load((CHART / "values.yaml").read_text())

    assert schema.is_valid(given)
    assert not schema.is_valid(given | values)
