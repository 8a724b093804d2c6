"""Requests to MLflow's REST API, and what its answers mean for the figures.

https://mlflow.org/docs/latest/api_reference/rest-api.html: Get Run, Get ModelVersion.
"""

import json
from base64 import b64encode
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Annotated, Any, Final, TypeVar

import httpx2
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from libs.common.decider import Refused
from libs.common.effects import Call, Transient
from libs.common.fold import describe
from libs.common.message import Reply
from libs.common.settings import Settings, SettingsError
from services.metrics.mlflow.settings import CREDENTIALS, MlflowSettings
from services.metrics.mlflow.training import (
    FetchTraining,
    TrainingEnded,
    TrainingUnderWay,
    TrainingUnknown,
)

TIMEOUT_SECONDS: Final = 10.0
MAX_METRICS: Final = 500
MAX_KEY: Final = 200
LARGEST_ANSWER: Final = 4 * 1024 * 1024
EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
API: Final = "/api/2.0/mlflow"

_NOT_FOUND: Final = 404
_TURNED_AWAY: Final = frozenset({401, 403})
_BUSY: Final = frozenset({408, 425, 429})


M = TypeVar("M", bound=BaseModel)


class Answer(BaseModel):
    """The part of an answer that is read; all else is ignored."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)


class Metric(Answer):
    key: str
    value: Decimal | float


class RunData(Answer):
    metrics: tuple[Metric, ...] = ()


class RunInfo(Answer):
    status: str
    end_time: Annotated[int, Field(ge=0, lt=10**13)] | None = None
    """Milliseconds since 1970."""


class Run(Answer):
    info: RunInfo
    data: RunData = RunData()


class RunAnswer(Answer):
    run: Run


class Version(Answer):
    run_id: str | None = None


class VersionAnswer(Answer):
    model_version: Version


class MlflowClient:
    """One tracking server; each request reads its credentials anew."""

    def __init__(self, mlflow: MlflowSettings, settings: Settings) -> None:
        self._url = mlflow.mlflow.rstrip("/")
        self._settings = settings

    async def fetch(self, effect: FetchTraining, _call: Call) -> Reply:
        """The training behind a version; raises Transient and Refused."""
        run_id = effect.run or await self._run_of(effect.model, effect.version)
        found = await self._get("/runs/get", {"run_id": run_id}) if run_id else None
        if not run_id or found is None:
            return TrainingUnknown()
        run = _read(RunAnswer, found).run
        if run.info.end_time is None:
            return TrainingUnderWay()
        ended = {
            "model": effect.model,
            "version": effect.version,
            "run": run_id,
            "ended_at": EPOCH + timedelta(milliseconds=run.info.end_time),
            "metrics": _numbers(run.data.metrics),
        }
        return _read(TrainingEnded, ended)

    async def _run_of(self, model: str, version: str) -> str | None:
        found = await self._get("/model-versions/get", {"name": model, "version": version})
        return None if found is None else _read(VersionAnswer, found).model_version.run_id

    async def _get(self, path: str, query: dict[str, str]) -> Any:
        """An answer as JSON; None if there is no such thing."""
        if not self._url:
            raise Refused("MLflow is not set up: set FARHAND_MLFLOW to its base URL")
        try:
            async with httpx2.AsyncClient(timeout=TIMEOUT_SECONDS, trust_env=False) as http:
                answer = await http.get(
                    self._url + API + path, params=query, headers=self._headers()
                )
        except httpx2.HTTPError as error:
            raise Transient(f"MLflow does not answer ({type(error).__name__})") from None
        return _content(answer)

    def _headers(self) -> dict[str, str]:
        try:
            secret = self._settings.secret(CREDENTIALS)
        except SettingsError:  # an open server
            return {}
        if ":" not in secret:
            return {"authorization": f"Bearer {secret}"}
        return {"authorization": "Basic " + b64encode(secret.encode()).decode()}


def _content(answer: httpx2.Response) -> Any:
    status = answer.status_code
    if status == _NOT_FOUND:
        return None
    if status in _TURNED_AWAY:
        raise Refused(f"MLflow answers {status}: put a token, or user:password, into {CREDENTIALS}")
    if status in _BUSY or answer.is_server_error:
        raise Transient(f"MLflow answers {status}")
    if not answer.is_success or len(answer.content) > LARGEST_ANSWER:
        raise Refused(f"MLflow answers {status}, {len(answer.content)} bytes; see FARHAND_MLFLOW")
    try:
        return json.loads(answer.content, parse_float=Decimal)
    except ValueError:
        raise Refused("what answers at FARHAND_MLFLOW is not MLflow: it sends no JSON") from None


def _read(model: type[M], found: Any) -> M:
    try:
        return model.model_validate(found)
    except ValidationError as error:
        raise Refused(f"MLflow's answer cannot be read: {describe(error, model)}") from None


def _numbers(metrics: tuple[Metric, ...]) -> dict[str, Decimal]:
    """What can be counted with; MLflow keeps metrics that are not numbers as NaN or Infinity."""
    exact = {each.key: Decimal(each.value) for each in metrics[:MAX_METRICS]}
    return {
        key: value
        for key, value in exact.items()
        if value.is_finite() and key.isprintable() and 0 < len(key) <= MAX_KEY
    }
