"""What notify reads from its environment beside what every service does."""

from pydantic_settings import BaseSettings, SettingsConfigDict


class NotifySettings(BaseSettings):
    """`FARHAND_DIRECTORY` is a YAML file of the roles' mailboxes; empty for the defaults."""

    model_config = SettingsConfigDict(env_prefix="FARHAND_", frozen=True, extra="ignore")

    directory: str = ""
