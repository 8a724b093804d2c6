"""What notify reads from its environment beside what every service does."""

from pydantic_settings import BaseSettings, SettingsConfigDict

from services.notify.directory import CONSOLE


class NotifySettings(BaseSettings):
    """`FARHAND_DIRECTORY` is a YAML file of the roles' mailboxes; empty for the defaults.

    `FARHAND_CONSOLE` is the address of the console, for the links in letters.
    """

    model_config = SettingsConfigDict(env_prefix="FARHAND_", frozen=True, extra="ignore")

    directory: str = ""
    console: str = CONSOLE
