"""Apache Kafka: one node, broker and controller in one process, on loopback."""

from pathlib import Path
from typing import Final

from farhand import probes
from farhand.embedded import jars, java
from farhand.errors import failed
from farhand.supervisor import Kind, Part, Room, run_to_end

TITLE: Final = "Apache Kafka"
HEAP: Final = 512
ROOM: Final = 64 * 1024 * 1024
"""Bytes. Started after a crash while the disk is full, Kafka 4.3.1 cannot write the index of its
metadata log, takes that for corruption and truncates the log: every topic is gone."""
CLUSTER: Final = "farhand-embedded-0001A"


def part(*, folder: Path, cache: Path, tmp: Path, port: int, controller_port: int) -> Part:
    """The jars have to be in the cache before it starts."""
    config = folder / "server.properties"
    java_command = java.command(
        heap=HEAP,
        tmp=tmp,
        options=(
            "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
            "-Dorg.slf4j.simpleLogger.showDateTime=true",
            "-Dorg.slf4j.simpleLogger.dateTimeFormat=yyyy-MM-dd'T'HH:mm:ss.SSS",
            *("-cp", jars.classpath("kafka", cache)),
        ),
    )

    async def prepare() -> None:
        write(config, properties(folder / "data", port, controller_port))
        if not (folder / "data" / "meta.properties").exists():
            await format_storage(java_command, config)

    return Part(
        name="kafka",
        title=TITLE,
        port=port,
        kind=Kind.JAVA,
        command=(*java_command, "kafka.Kafka", str(config)),
        probe=lambda: probes.kafka(port),
        prepare=prepare,
        stop_within=15,
        room=Room(folder, ROOM),
        url=f"127.0.0.1:{port}",
    )


async def format_storage(java_command: tuple[str, ...], config: Path) -> None:
    code, said = await run_to_end(
        *(*java_command, "kafka.tools.StorageTool", "format"),
        *("--cluster-id", CLUSTER, "--config", str(config), "--standalone"),
    )
    if code:
        raise failed("Making Kafka's storage", config.parent, said)


def write(config: Path, text: str) -> None:
    config.parent.mkdir(parents=True, exist_ok=True)
    config.write_text(text)


def properties(data: Path, port: int, controller_port: int) -> str:
    broker, controller = f"127.0.0.1:{port}", f"127.0.0.1:{controller_port}"
    return f"""\
process.roles=broker,controller
node.id=1
controller.quorum.bootstrap.servers={controller}
listeners=PLAINTEXT://{broker},CONTROLLER://{controller}
advertised.listeners=PLAINTEXT://{broker},CONTROLLER://{controller}
controller.listener.names=CONTROLLER
inter.broker.listener.name=PLAINTEXT
log.dirs={data}

# topics are declared with their partitions; a misspelt name must fail
auto.create.topics.enable=false
num.partitions=4

# one node, few threads, small internal topics
offsets.topic.replication.factor=1
offsets.topic.num.partitions=4
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=4
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
share.coordinator.state.topic.num.partitions=1
num.network.threads=2
num.io.threads=4
background.threads=2
num.recovery.threads.per.data.dir=2
log.cleaner.dedupe.buffer.size=16777216
log.segment.bytes=134217728

# a killed broker is let in again when its old session is over
broker.heartbeat.interval.ms=500
broker.session.timeout.ms=2500

# consumers join at once, and a stop does not dawdle
group.initial.rebalance.delay.ms=0
controlled.shutdown.max.retries=1
controlled.shutdown.retry.backoff.ms=200
"""
