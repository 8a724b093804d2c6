"""Where BambooHR's API is, from `FARHAND_BAMBOOHR_*`, and the key to it."""

from typing import Annotated, Final, Self

from pydantic import StringConstraints, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from libs.common.fold import describe
from libs.common.settings import SettingsError

API_KEY: Final = "bamboohr_api_key"
"""The name of the secret; it is read at each request, so that a new one counts at once."""


class BambooSettings(BaseSettings):
    """Settings of the API; every field is the environment variable `FARHAND_BAMBOOHR_<FIELD>`."""

    model_config = SettingsConfigDict(env_prefix="FARHAND_BAMBOOHR_", frozen=True)

    url: Annotated[str, StringConstraints(pattern=r"^(https?://\S{1,300})?$")] = ""
    """Base URL, such as `https://COMPANY.bamboohr.com/api/v1`; empty where it is not used."""

    @classmethod
    def read(cls) -> Self:
        """Read the environment; raises SettingsError, which names each variable at fault."""
        try:
            return cls()
        except ValidationError as error:
            raise SettingsError(
                "BambooHR cannot be asked, as FARHAND_BAMBOOHR_<NAME>: " + describe(error)
            ) from None
