"""What the process of a contender is told by the harness, and how it says that it is ready."""

import os
import socket
from dataclasses import dataclass
from typing import Self


@dataclass(frozen=True, slots=True)
class Wiring:
    """Read from the environment, once, at start.

    `postgres` is the DSN of the run's own database; `prefix` stands before every topic and group.
    """

    kafka: str
    postgres: str
    prefix: str
    port: int

    @classmethod
    def read(cls) -> Self:
        """The environment as the harness set it; raises KeyError outside of it."""
        return cls(
            kafka=os.environ["BENCH_KAFKA"],
            postgres=os.environ["BENCH_POSTGRES"],
            prefix=os.environ["BENCH_PREFIX"],
            port=int(os.environ["BENCH_PORT"]),
        )

    def say_ready(self) -> socket.socket:
        """Listen, which tells the harness to begin; keep what is returned until the end."""
        return socket.create_server(("127.0.0.1", self.port))
