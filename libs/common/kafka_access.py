"""How a process is let in by Kafka: in the clear on a machine of its own, or by TLS and SASL."""

import ssl
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Literal

Protocol = Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"]
Mechanism = Literal["SCRAM-SHA-512", "SCRAM-SHA-256", "PLAIN"]


@dataclass(frozen=True, slots=True)
class KafkaAccess:
    """Protocol, authority and login, as Kafka's own clients name them.

    `ca` is a PEM file of the authorities that the brokers' certificates are checked against; None
    stands for the system's. A broker whose certificate does not name its host is refused.
    """

    protocol: Protocol = "PLAINTEXT"
    ca: Path | None = None
    mechanism: Mechanism = "SCRAM-SHA-512"
    user: str = ""
    password: str = field(default="", repr=False)

    @property
    def options(self) -> dict[str, Any]:
        """What aiokafka's clients are to be made with; raises OSError if `ca` cannot be read."""
        options: dict[str, Any] = {"security_protocol": self.protocol}
        if self.protocol in ("SSL", "SASL_SSL"):
            options["ssl_context"] = ssl.create_default_context(cafile=self.ca)
        if self.protocol in ("SASL_PLAINTEXT", "SASL_SSL"):
            options |= {
                "sasl_mechanism": self.mechanism,
                "sasl_plain_username": self.user,
                "sasl_plain_password": self.password,
            }
        return options


OPEN: Final = KafkaAccess()
"""No TLS and no login: for a broker that only this machine or a closed network reaches."""
