"""What a service reads from its environment: read once, at start, and passed down."""

from pathlib import Path
from typing import Annotated, Self
from urllib.parse import quote, urlsplit

from pydantic import AfterValidator, Field, FilePath, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from libs.common.clock import Clock
from libs.common.fold import describe
from libs.common.kafka_access import KafkaAccess, Mechanism, Protocol


class SettingsError(Exception):
    """The environment is not what a service needs; the text says which variable and how."""


def _clock(setting: str) -> str:
    Clock.parse(setting)
    return setting


class Settings(BaseSettings):
    """Where everything is. Every field is the environment variable `FARHAND_<FIELD>`."""

    model_config = SettingsConfigDict(env_prefix="FARHAND_", frozen=True, extra="ignore")

    kafka: str = Field(description="Bootstrap address, host:port")
    kafka_protocol: Protocol = Field(default="PLAINTEXT", description="How Kafka is spoken to")
    kafka_ca: FilePath | None = Field(default=None, description="PEM file; else the system's")
    kafka_mechanism: Mechanism = Field(default="SCRAM-SHA-512", description="With SASL_…")
    kafka_user: str = Field(default="", description="With SASL_…; the password is a secret")
    postgres: str = Field(description="The service's own role and database, as a URL")
    keys: str = Field(description="The database of data keys, as a URL")
    secrets: Path = Field(description="Folder with one file a secret")
    redis: str = Field(default="", description="URL; without it nothing is rate-limited")
    zipkin: str = Field(default="", description="Base URL of a Zipkin server for traces")
    otlp: str = Field(default="", description="Base URL of an OTLP/HTTP collector for traces")
    smtp: str = Field(default="127.0.0.1:25", description="Mail server, host:port")
    scim: str = Field(default="", description="Base URL of the identity provider's SCIM 2.0")
    home: Path = Field(default=Path(".farhand"), description="Folder for what a service renders")
    http_host: str = "127.0.0.1"
    http_port: int = 8000
    clock: Annotated[str, AfterValidator(_clock)] = ""
    partitions: int = Field(default=6, ge=1, description="Of every topic; never changed later")
    replicas: int = Field(default=1, ge=1, description="Of every topic")
    topic_prefix: str = Field(default="", description="Put before every topic, to share a broker")
    trace_ratio: float = Field(default=1.0, ge=0, le=1, description="Share of traces kept")
    restored: bool = Field(
        default=False, description="PostgreSQL may be older than what Kafka has from it"
    )
    hook_rate: int = Field(default=6000, ge=1, description="Deliveries a source may send a minute")

    @classmethod
    def read(cls) -> Self:
        """Read the environment; raises SettingsError, which names each variable at fault."""
        try:
            return cls()  # pyright: ignore[reportCallIssue]  # the environment gives the fields
        except ValidationError as error:
            raise SettingsError(
                "the environment lacks something, as FARHAND_<NAME>: "
                + describe(error, trusted=True)
            ) from None

    @property
    def kafka_access(self) -> KafkaAccess:
        """How Kafka lets this process in; raises SettingsError without the password it needs."""
        sasl = self.kafka_protocol.startswith("SASL_")
        return KafkaAccess(
            self.kafka_protocol,
            self.kafka_ca,
            self.kafka_mechanism,
            self.kafka_user,
            self.secret("kafka_password") if sasl else "",
        )

    @property
    def redis_url(self) -> str:
        """The address of Redis with the password, where that is a secret of its own."""
        parts = urlsplit(self.redis)
        if not parts.hostname or parts.password or not (self.secrets / "redis").is_file():
            return self.redis
        password = quote(self.secret("redis"), safe="")
        return parts._replace(netloc=f":{password}@{parts.netloc}").geturl()

    def secret(self, name: str) -> str:
        """One secret; raises SettingsError, without its content, if it cannot be read."""
        path = self.secrets / name
        try:
            content = path.read_text().strip()
        except OSError as error:
            raise SettingsError(
                f"the secret {name} cannot be read ({error.strerror}); put it into {path}"
            ) from error
        if not content:
            raise SettingsError(f"the secret {name} is empty; put it into {path}")
        return content

    def live_secrets(self, name: str) -> tuple[str, ...]:
        """The live secrets of a sender, one a line, so that a new one can be rolled in."""
        return tuple(line for line in self.secret(name).splitlines() if line)
