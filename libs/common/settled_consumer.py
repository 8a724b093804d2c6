"""A Kafka consumer that goes on where its records were settled, not where they were handed out."""

import asyncio
import logging
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import ConsumerStoppedError, IllegalStateError, KafkaError

from libs.common.cloudevents import Record

if TYPE_CHECKING:

    class Base:
        """What is used of aiokafka's consumer, with types."""

        def __init__(self, *topics: str, **options: Any) -> None: ...

        _subscription: Any

        def assignment(self) -> frozenset[TopicPartition]: ...
        async def topics(self) -> frozenset[str]: ...
        def seek(self, partition: TopicPartition, offset: int) -> None: ...
        async def committed(self, partition: TopicPartition) -> int | None: ...
        async def seek_to_beginning(self, *partitions: TopicPartition) -> bool: ...
        async def position(self, partition: TopicPartition) -> int: ...
        async def commit(self, offsets: Mapping[TopicPartition, int]) -> None: ...
        async def end_offsets(
            self, partitions: Sequence[TopicPartition]
        ) -> Mapping[TopicPartition, int]: ...
        async def getmany(
            self, *partitions: TopicPartition, timeout_ms: int, max_records: int | None
        ) -> dict[TopicPartition, list[Any]]: ...

else:
    Base = AIOKafkaConsumer

log = logging.getLogger(__name__)

RETRY_SECONDS: Final = 1.0
POSITION_SECONDS: Final = 1.0
WAIT_MS: Final = 250
"""How long a read waits for a record, which ends it at once: an idle service need not spin."""


class SettledConsumer(Base):
    """Whatever was read and not settled before the next `getmany` is read again.

    FastStream swallows what a handler raises and reads on; aiokafka, where one partition cannot be
    parsed, forgets what it had already taken from the others. Both would skip records for ever,
    once a later offset is committed. `settled` holds the next offset of each partition, and the
    only way on is through `settle`.
    """

    def __init__(self, *topics: str, **options: Any) -> None:
        super().__init__(*topics, **options)
        self.settled: dict[TopicPartition, int] = {}
        self.unreadable: TopicPartition | None = None
        self._open = self._handed = False
        self._turn: int | None = None

    def settle(self, records: Iterable[Record]) -> None:
        """These need not be read again; they are all that the last `getmany` returned."""
        for record in records:
            self.settled[TopicPartition(record.topic, record.partition)] = record.offset + 1
        self._open = self._handed = False

    async def getmany(
        self, *partitions: TopicPartition, timeout_ms: int = 0, max_records: int | None = None
    ) -> dict[TopicPartition, list[Any]]:
        """Read on from where everything is settled.

        A record that cannot be parsed stops its own partition only, which is asked again and again.
        """
        try:
            return await self._read_on(partitions, timeout_ms, max_records)
        except asyncio.CancelledError:
            task = asyncio.current_task()
            if task is None or task.cancelling():
                raise
            # Nobody cancelled the reading: it waited for a future that was. FastStream would take
            # it for a stop, and never read again.
            log.warning("a read was cut off; it is repeated")
            return {}

    async def _read_on(
        self, partitions: tuple[TopicPartition, ...], timeout_ms: int, max_records: int | None
    ) -> dict[TopicPartition, list[Any]]:
        try:
            await self._go_back()
        except IllegalStateError:  # the group is being rebalanced
            return {}
        asked = partitions or self._next_in_turn()
        if self._turn is None:
            timeout_ms = max(timeout_ms, WAIT_MS)
        self._open = True
        try:
            read = await super().getmany(*asked, timeout_ms=timeout_ms, max_records=max_records)
        except (KafkaError, ConsumerStoppedError):
            raise
        except Exception as error:  # noqa: BLE001  # aiokafka raises what its parser met
            self._blame(asked, error)
            return {}
        self._open = self._handed = bool(read)
        for partition, records in read.items():  # some may have come to this process meanwhile
            self.settled.setdefault(partition, records[0].offset)
        if self.unreadable in read:
            self.unreadable = None
        return read

    @property
    def is_joining(self) -> bool:
        """Whether the group has yet to say which partitions are this process's."""
        return self._subscription.reassignment_in_progress

    async def lags(self) -> dict[TopicPartition, int]:
        """How many records of each partition are not settled; raises KafkaError."""
        if self.is_joining:
            await self.topics()  # raises where it is Kafka that is away
        mine = [each for each in self.assignment() if each in self.settled]
        if not mine:
            return {}
        ends = await self.end_offsets(mine)
        # A rebalance while the broker was asked may have taken some of them away.
        kept = [each for each in mine if each in self.settled]
        return {each: max(0, ends[each] - await self._reached(each, ends[each])) for each in kept}

    async def _reached(self, partition: TopicPartition, end: int) -> int:
        """The next offset to settle: marks of transactions, which nobody is handed, are not."""
        settled = self.settled[partition]
        if self._handed or settled >= end:
            return settled
        with suppress(TimeoutError):  # it is being asked for
            async with asyncio.timeout(POSITION_SECONDS):
                return max(settled, await self.position(partition))
        return settled

    async def _go_back(self) -> None:
        if self._open:
            await asyncio.sleep(RETRY_SECONDS)
        mine = self.assignment()
        for gone in self.settled.keys() - mine:
            del self.settled[gone]
        if self.unreadable not in mine:
            self.unreadable = None
        for partition in mine:
            if partition not in self.settled:
                if self._open:  # it may have come, and been read, in a read that failed
                    await self._seek_to_committed(partition)
                self.settled[partition] = await self.position(partition)
            elif self._open:
                self.seek(partition, self.settled[partition])
        self._open = self._handed = False

    async def _seek_to_committed(self, partition: TopicPartition) -> None:
        committed = await self.committed(partition)
        if committed is None:
            await self.seek_to_beginning(partition)
        else:
            self.seek(partition, committed)

    def _next_in_turn(self) -> tuple[TopicPartition, ...]:
        """All partitions, or, once one of them could not be parsed, one after the other."""
        mine = sorted(self.assignment())
        if self._turn is None or not mine:
            return ()
        self._turn += 1
        return (mine[self._turn % len(mine)],)

    def _blame(self, asked: tuple[TopicPartition, ...], error: Exception) -> None:
        log.error("a record cannot be parsed: %s", type(error).__name__)
        self._turn = self._turn or 0
        if len(asked) == 1:
            [self.unreadable] = asked
