"""Where MLflow is, from `FARHAND_MLFLOW`."""

from typing import Annotated, Final, Self

from pydantic import StringConstraints, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from libs.common.fold import describe
from libs.common.settings import SettingsError

CREDENTIALS: Final = "mlflow"
"""The secret with an access token, or `user:password`; an open server needs none."""


class MlflowSettings(BaseSettings):
    """The tracking server whose registry sends webhooks here."""

    model_config = SettingsConfigDict(env_prefix="FARHAND_", frozen=True, extra="ignore")

    mlflow: Annotated[str, StringConstraints(pattern=r"^(?:https?://\S+)?$")] = ""
    """Base URL, such as `https://mlflow.example.com`; empty: no run can be asked for."""

    @classmethod
    def read(cls) -> Self:
        """Read the environment; raises SettingsError, which names the variable."""
        try:
            return cls()
        except ValidationError as error:
            raise SettingsError("FARHAND_MLFLOW is no URL: " + describe(error)) from None
