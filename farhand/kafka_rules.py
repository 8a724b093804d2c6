"""Gives a Kafka that asks who is there its users, topics and rules. Done twice, it changes nothing.

Each service is a user of its own by SCRAM-SHA-512, who reads and writes the topics of
`farhand.topic_access` and no others. Whoever does this comes with a certificate instead.
"""

# Public names of confluent_kafka that it does not list as such:
# pyright: reportPrivateImportUsage=false
from collections.abc import Iterator, Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from confluent_kafka import KafkaError, KafkaException
from confluent_kafka.admin import (
    AclBinding,
    AclOperation,
    AclPermissionType,
    AdminClient,
    NewTopic,
    ResourcePatternType,
    ResourceType,
    ScramCredentialInfo,
    ScramMechanism,
    UserScramCredentialUpsertion,
)

from farhand.errors import StackError
from farhand.topic_access import ACCESS, EVENT_TOPICS, TopicAccess, written_by

SECONDS: Final = 30.0
ITERATIONS: Final = 8192
"""of SCRAM's hash; RFC 7677 asks for 4096 at least"""
FOR_EVER: Final = {"retention.ms": "-1"}


@dataclass(frozen=True, slots=True)
class Administrator:
    """Where Kafka is, and the certificate of who may change its rules."""

    bootstrap: str
    ca: Path
    certificate: Path
    key: Path

    def client(self) -> AdminClient:
        """A client that connects when it is first asked for something."""
        return AdminClient(
            {
                "bootstrap.servers": self.bootstrap,
                "security.protocol": "SSL",
                "ssl.ca.location": str(self.ca),
                "ssl.certificate.location": str(self.certificate),
                "ssl.key.location": str(self.key),
            }
        )


def make_rules(
    administrator: Administrator, passwords: Mapping[str, str], partitions: int, replicas: int
) -> None:
    """Users, topics and rules for the services; raises StackError with what Kafka refuses."""
    client: Any = administrator.client()  # whose answers are futures of any kind
    try:
        _wait(
            client.create_topics(
                [
                    NewTopic(
                        name,
                        num_partitions=partitions,
                        replication_factor=replicas,
                        config=FOR_EVER,
                    )
                    for name in sorted(EVENT_TOPICS)
                ]
            )
        )
        _wait(
            client.alter_user_scram_credentials(
                [
                    UserScramCredentialUpsertion(
                        service,
                        ScramCredentialInfo(ScramMechanism.SCRAM_SHA_512, ITERATIONS),
                        password.encode(),
                    )
                    for service, password in passwords.items()
                ]
            )
        )
        rules = (rule for service in passwords for rule in rules_of(service, ACCESS[service]))
        _wait(client.create_acls(list(rules)))
    except KafkaException as error:
        raise StackError(
            f"Kafka at {administrator.bootstrap} cannot be prepared: {error}. Does it run, and may "
            "the certificate change its rules?"
        ) from error


def rules_of(service: str, access: TopicAccess) -> Iterator[AclBinding]:
    """What a service may do: read, write, and keep the topics of its own front doors."""

    def allow(kind: ResourceType, name: str, operation: AclOperation) -> AclBinding:
        allowed, literal = AclPermissionType.ALLOW, ResourcePatternType.LITERAL
        return AclBinding(kind, name, literal, f"User:{service}", "*", operation, allowed)

    yield allow(ResourceType.GROUP, service, AclOperation.READ)
    for topic in sorted(access.reads | access.doors):
        yield allow(ResourceType.TOPIC, topic, AclOperation.READ)
    for topic in sorted(written_by(service)):
        yield allow(ResourceType.TOPIC, topic, AclOperation.WRITE)
    for topic in sorted(access.doors):
        for operation in OF_A_DOOR:
            yield allow(ResourceType.TOPIC, topic, operation)


OF_A_DOOR: Final = (
    *(AclOperation.CREATE, AclOperation.DESCRIBE_CONFIGS, AclOperation.ALTER_CONFIGS),
)
"""A service makes the topic of a front door, and says how long it keeps what comes in."""


def _wait(asked: Mapping[Any, Future[Any]]) -> None:
    for answer in asked.values():
        try:
            answer.result(SECONDS)
        except KafkaException as error:
            if error.args[0].code() != KafkaError.TOPIC_ALREADY_EXISTS:
                raise
