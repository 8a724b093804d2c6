"""Whatever way a numbered stream arrives, it comes to the same, and all of it is accounted for."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import pairwise
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from libs.common import cursors
from libs.common.cursors import Cursor, CursorKey
from libs.common.fold import Entity, EntityKey, fold, read, targets
from libs.common.inbound import Applied, Dead, Dropped, Inbound, Parked, Result
from tests.kernel.ledger import POISON, Account, Credited, account

NOW = datetime(2026, 1, 5, tzinfo=UTC)
ACCOUNTS = [UUID(int=n) for n in range(3)]
Name = tuple[str, int]


def numbered(key: UUID, sequence: int, amount: int) -> Inbound:
    return Inbound(
        id=f"{key}#{sequence}",
        type=Credited.type,
        source="bank/desk",
        key=str(key),
        body=Credited(account=key, amount=amount).model_dump_json().encode(),
        recorded_at=NOW,
        origin="here",
        sequence=sequence,
    )


@dataclass
class Line:
    """The kernel's line without its tables: what they would hold stands in memory."""

    cursors: dict[CursorKey, Cursor] = field(default_factory=dict[CursorKey, Cursor])
    entities: dict[EntityKey, Entity] = field(default_factory=dict[EntityKey, Entity])
    gaps: dict[CursorKey, list[Inbound]] = field(default_factory=dict[CursorKey, list[Inbound]])
    behind: list[Inbound] = field(default_factory=list[Inbound])
    held: set[str] = field(default_factory=set[str])
    fate: dict[Name, str] = field(default_factory=dict[Name, str])
    emitted: list[tuple[str, int]] = field(default_factory=list[tuple[str, int]])
    dropped: int = 0
    merged: int = 0
    """repeats of a message that already waited for the missing one"""

    def settle(self, batch: Sequence[Inbound]) -> None:
        waited = [each for kept in self.gaps.values() for each in kept]
        self.gaps.clear()
        start = {name: replace(cursor, waiting=0) for name, cursor in self.cursors.items()}
        ordered = cursors.in_order([*batch, *waited])
        verdicts, moved = cursors.admit(ordered, start, frozenset())
        self.cursors = start | moved
        results: list[Result | None] = [
            Parked("dead_letter") if verdict is None and each.key in self.held else verdict
            for each, verdict in zip(ordered, verdicts, strict=True)
        ]
        admitted = [e for e, result in zip(ordered, results, strict=True) if result is None]
        decided = iter(self.decide(admitted))
        for each, result in zip(ordered, results, strict=True):
            self.note(each, next(decided) if result is None else result)

    def decide(self, batch: Sequence[Inbound]) -> list[Result]:
        messages = [(each, read(each, Credited)) for each in batch]
        folded = fold(
            "ledger",
            [
                (each, said, () if isinstance(said, Dead) else targets([account], each, said))
                for each, said in messages
            ],
            self.entities,
            NOW,
        )
        self.entities |= folded.entities
        self.emitted += [(each.key, each.sequence) for each in folded.emitted]
        return folded.results

    def note(self, inbound: Inbound, result: Result) -> None:
        name = (inbound.key, inbound.sequence or 0)
        match result:
            case Parked("gap"):
                kept = self.gaps.setdefault((inbound.source, inbound.key), [])
                self.merged += inbound in kept
                if inbound not in kept:
                    kept.append(inbound)
            case Parked():
                self.behind.append(inbound)
                self.settle_once(name, "parked")
            case Dead():
                self.held.add(inbound.key)
                self.settle_once(name, "dead")
            case Applied():
                self.settle_once(name, "applied")
            case _:
                assert result == Dropped("duplicate")
                self.dropped += 1

    def settle_once(self, name: Name, fate: str) -> None:
        assert name not in self.fate, "a message was settled twice"
        self.fate[name] = fate

    def balance(self, key: UUID) -> int:
        state = self.entities.get(("account", str(key)), Entity()).state
        return state.balance if isinstance(state, Account) else 0


@st.composite
def deliveries(
    draw: st.DrawFn, amounts: st.SearchStrategy[int]
) -> tuple[dict[UUID, list[int]], list[list[Inbound]]]:
    """A stream for each account, and batches in which all of it arrives, somehow, at least once."""
    streams = {key: draw(st.lists(amounts, max_size=6)) for key in ACCOUNTS}
    once = [
        numbered(key, number, amount)
        for key, stream in streams.items()
        for number, amount in enumerate(stream, start=1)
    ]
    again = draw(st.lists(st.sampled_from(once), max_size=6)) if once else []
    arriving = draw(st.permutations(once + again))
    cuts = sorted(draw(st.lists(st.integers(0, len(arriving)), max_size=4)))
    bounds = [0, *cuts, len(arriving)]
    return streams, [arriving[a:b] for a, b in pairwise(bounds)]


@given(deliveries(st.integers(1, 9)))
def test_any_arrival_comes_to_the_same_state(
    arrival: tuple[dict[UUID, list[int]], list[list[Inbound]]],
) -> None:
    streams, batches = arrival
    line = Line()
    for batch in batches:
        line.settle(batch)
    assert {key: line.balance(key) for key in ACCOUNTS} == {
        key: sum(stream) for key, stream in streams.items()
    }
    assert not any(line.gaps.values())
    numbers = Counter(key for key, _ in line.emitted)
    for key, stream in streams.items():
        mine = [number for owner, number in line.emitted if owner == str(key)]
        assert mine == list(range(1, numbers[str(key)] + 1)) == list(range(1, len(stream) + 1))


@given(deliveries(st.sampled_from([1, 2, POISON])))
def test_every_message_is_applied_dead_or_parked_once_and_poison_holds_only_its_key(
    arrival: tuple[dict[UUID, list[int]], list[list[Inbound]]],
) -> None:
    streams, batches = arrival
    line = Line()
    for batch in batches:
        line.settle(batch)
    for key, stream in streams.items():
        healthy = stream.index(POISON) if POISON in stream else len(stream)
        expected = ["applied"] * healthy + ["dead"] * (healthy < len(stream))
        expected += ["parked"] * (len(stream) - len(expected))
        fates = [line.fate[str(key), number] for number in range(1, len(stream) + 1)]
        assert fates == expected
        assert line.balance(key) == sum(stream[:healthy])
        waiting = [each.sequence for each in line.behind if each.key == str(key)]
        assert waiting == list(range(healthy + 2, len(stream) + 1))
    assert len(line.fate) + line.dropped + line.merged == sum(len(batch) for batch in batches)
