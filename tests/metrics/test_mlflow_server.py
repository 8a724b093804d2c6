"""A real MLflow server: its webhooks and a GitHub deployment move figures within a second.

Needs an `mlflow` command of 3.17 or later, on the PATH or as `FARHAND_MLFLOW_BIN`; it is no
dependency of ours.
"""

import asyncio
import hmac
import os
import shutil
import socket
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2
import pytest

from libs.common.database import Pool
from tests.infrastructure import Infrastructure
from tests.metrics.running_service import HOOK_SECRET, TOKEN, running_kernel, served

COMMAND = os.environ.get("FARHAND_MLFLOW_BIN") or shutil.which("mlflow")
PAYLOADS = Path(__file__).parent / "payloads"
STARTS_WITHIN = 120
PATIENCE = 30.0
"""Each figure may take so long on a busy machine, but the quickest takes a second at most."""

pytestmark = [
    pytest.mark.skipif(
        COMMAND is None, reason="no `mlflow`: put it on the PATH, or name it by FARHAND_MLFLOW_BIN"
    ),
    pytest.mark.timeout(STARTS_WITHIN + 120),
]


@dataclass(frozen=True, slots=True)
class Registry:
    """A tracking server, by its REST API."""

    http: httpx2.AsyncClient

    async def post(self, path: str, **body: Any) -> Any:
        answer = await self.http.post(f"/api/2.0/mlflow/{path}", json=body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def run_that_scored(self, **metrics: float) -> str:
        run = await self.post("runs/create", experiment_id="0", start_time=1795324732966)
        run_id = run["run"]["info"]["run_id"]
        for key, value in metrics.items():
            await self.post("runs/log-metric", run_id=run_id, key=key, value=value, timestamp=1)
        await self.post("runs/update", run_id=run_id, status="FINISHED", end_time=1795324740224)
        return run_id

    async def subscribe(self, url: str) -> None:
        events = [
            {"entity": "MODEL_VERSION", "action": "CREATED"},
            {"entity": "MODEL_VERSION_TAG", "action": "SET"},
            {"entity": "MODEL_VERSION_ALIAS", "action": "CREATED"},
            {"entity": "MODEL_VERSION_ALIAS", "action": "DELETED"},
        ]
        await self.post("webhooks", name="farhand", url=url, secret=HOOK_SECRET, events=events)

    async def register(self, model: str, run_id: str) -> str:
        made = await self.post(
            "model-versions/create", name=model, source=f"runs:/{run_id}/model", run_id=run_id
        )
        return made["model_version"]["version"]

    async def point(self, model: str, alias: str, version: str) -> None:
        await self.post("registered-models/alias", name=model, alias=alias, version=version)


@asynccontextmanager
async def tracking_server(folder: Path) -> AsyncGenerator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    log = (folder / "mlflow.log").open("wb")
    process = await asyncio.create_subprocess_exec(
        str(COMMAND),
        *("server", "--host", "127.0.0.1", "--port", str(port), "--workers", "1"),
        *("--backend-store-uri", f"sqlite:///{folder}/mlflow.db"),
        *("--default-artifact-root", str(folder / "artifacts")),
        cwd=folder,
        stdout=log,
        stderr=log,
        start_new_session=True,
        env={
            **os.environ,
            "MLFLOW_WEBHOOK_ALLOWED_SCHEMES": "http",
            "MLFLOW_WEBHOOK_ALLOW_PRIVATE_IPS": "true",
            "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false",
        },
    )
    try:
        await _until_healthy(url, process)
        yield url
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, 15)
        await process.wait()
        log.close()


async def _until_healthy(url: str, process: asyncio.subprocess.Process) -> None:
    async with asyncio.timeout(STARTS_WITHIN), httpx2.AsyncClient(trust_env=False) as http:
        while process.returncode is None:
            with suppress(httpx2.HTTPError):
                if (await http.get(f"{url}/health")).is_success:
                    return
            await asyncio.sleep(0.3)
    raise AssertionError(f"mlflow ended with {process.returncode}")


@dataclass(frozen=True, slots=True)
class Board:
    """What a person sees of the figures, over HTTP, and how many seconds each was waited for."""

    http: httpx2.AsyncClient
    waited: list[float] = field(default_factory=list[float])

    async def shows(self, kpi: str, holds: Callable[[Any], bool]) -> Any:
        """The newest figure of a KPI, as soon as it is as wanted."""
        figure: Any = None
        began = asyncio.get_running_loop().time()
        async with asyncio.timeout(PATIENCE):
            while figure is None or not holds(figure):
                page = (await self.http.get(f"/kpis/{kpi}")).json()
                figure = page["figures"][0] if page["figures"] else None
                await asyncio.sleep(0.02)
        self.waited.append(asyncio.get_running_loop().time() - began)
        return figure


async def test_a_registry_and_a_deployment_move_figures_within_a_second(
    infrastructure: Infrastructure, pool: Pool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with tracking_server(tmp_path) as mlflow:
        monkeypatch.setenv("FARHAND_MLFLOW", mlflow)
        async with (
            running_kernel(infrastructure, pool, tmp_path) as kernel,
            served(kernel) as metrics,
            httpx2.AsyncClient(base_url=mlflow, timeout=30, trust_env=False) as rest,
            httpx2.AsyncClient(
                base_url=metrics, headers={"authorization": f"Bearer {TOKEN}"}, trust_env=False
            ) as board,
        ):
            registry, figures = Registry(rest), Board(board)
            await registry.subscribe(f"{metrics}/hooks/mlflow")
            await _model_is_measured(registry, figures)
            assert min(figures.waited) < 1, figures.waited
            figures.waited.clear()
            await _deployment_moves(board, figures)
            assert min(figures.waited) < 1, figures.waited


async def _model_is_measured(registry: Registry, figures: Board) -> None:
    run_id = await registry.run_that_scored(f1=0.91, training_f1_score=0.99)
    await registry.post("registered-models/create", name="fraud")
    version = await registry.register("fraud", run_id)
    score = await figures.shows("model-f1", lambda found: found["value"] == "0.91")
    assert [each["type"] for each in score["events"]] == ["ModelTrained"]

    await registry.point("fraud", "champion", version)
    deployed = await figures.shows(
        "model-deployment-frequency", lambda found: found["value"] == "1"
    )
    assert [each["type"] for each in deployed["events"]] == ["ModelAliasMoved"]
    told = len(figures.waited)
    lead_time = await figures.shows("model-lead-time", lambda found: bool(found["value"]))
    del figures.waited[told:]  # it moved with the one before
    assert {each["type"] for each in lead_time["events"]} == {"ModelAliasMoved", "ModelTrained"}

    second = await registry.register("fraud", run_id)
    await registry.point("fraud", "champion", second)
    await figures.shows("model-deployment-frequency", lambda f: f["value"] == "2")
    await registry.point("fraud", "champion", version)
    failed = await figures.shows(
        "model-change-fail-rate", lambda found: float(found["value"]) == 0.5
    )
    assert failed["events_total"] == 3


async def _deployment_moves(http: httpx2.AsyncClient, figures: Board) -> None:
    body = (PAYLOADS / "github_deployment_status.created.success.json").read_bytes()
    headers = {
        "x-github-delivery": "delivery-1",
        "x-hub-signature-256": "sha256=" + hmac.digest(HOOK_SECRET.encode(), body, "sha256").hex(),
    }
    assert (await http.post("/hooks/github", content=body, headers=headers)).status_code == 202
    figure = await figures.shows("deployment-frequency", lambda f: f["value"] == "1")
    assert [each["type"] for each in figure["events"]] == ["DeploymentFinished"]
