"""Write `jars.lock` anew: `python -m farhand.embedded.jars_lock`. Needs the network."""

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Final

import jgo

from farhand.embedded.jars import LOCK

if TYPE_CHECKING:
    from jgo.maven import Artifact

WANTED: Final = {
    # the binding is of slf4j's version in Kafka's own list; without one its failures are silent
    "kafka": ("org.apache.kafka:kafka_2.13:4.3.1", "org.slf4j:slf4j-simple:1.7.36"),
}
ALONE: Final = {"zipkin": "io.zipkin:zipkin-server:3.6.1:slim"}
"""jars that hold their dependencies in themselves"""

HEADER: Final = """\
# Jars of the embedded parts: part, coordinates, bytes, SHA-256.
# Each is verified against this file before it is used. Written by `make lock`.
"""


def resolved() -> list[tuple[str, "Artifact"]]:
    found: dict[tuple[str, str], Artifact] = {}
    for part, endpoints in WANTED.items():
        for artifact in jgo.resolve("+".join(endpoints)):
            found[part, f"{artifact.groupId}:{artifact.artifactId}"] = artifact
    for part, coordinates in ALONE.items():
        group, artifact_id, _, classifier = coordinates.split(":")
        [artifact] = [
            a
            for a in jgo.resolve(coordinates)
            if (a.groupId, a.artifactId, a.classifier) == (group, artifact_id, classifier)
        ]
        found[part, artifact_id] = artifact
    return [(part, artifact) for (part, _), artifact in found.items()]


def line(part: str, artifact: "Artifact") -> str:
    names = (artifact.groupId, artifact.artifactId, artifact.version, artifact.classifier)
    content = Path(artifact.resolve()).read_bytes()
    return " ".join(
        (
            part,
            ":".join(filter(None, names)),
            str(len(content)),
            hashlib.sha256(content).hexdigest(),
        )
    )


if __name__ == "__main__":
    LOCK.write_text(HEADER + "\n".join(sorted(line(*one) for one in resolved())) + "\n")
