"""What a mailbox that many share gets: one mail an hour, with every message in exactly one."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import hypothesis.strategies as st
import pytest
from hypothesis import given

from libs.common.contracts.notify import (
    Asked,
    MessageFailedInDigest,
    MessageSentInDigest,
    MessageWritten,
    Urgency,
)
from libs.common.contracts.values import Owner
from libs.common.decider import Decision, SetTimer
from libs.common.message import EffectFailed, Event, Message
from services.notify.digest import AT_MOST_EVERY, LIMIT, digests
from services.notify.digest_mail import digest_body, digest_subject
from services.notify.directory import Directory
from services.notify.messages import DigestDue, MailAccepted, SendDigest
from services.notify.tray import Tray
from services.notify.working_hours import next_opening

IT = Directory().it
MORNING = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
"""A Monday, half past ten in Berlin, where IT reads its mail."""
EVENING = datetime(2026, 11, 23, 15, 58, tzinfo=UTC)


def asked(text: str = "Order a laptop", due_on: date | None = None) -> Asked:
    return Asked(
        topic=f"task:{text}",
        of=Owner.IT,
        urgency=Urgency.TASK,
        text=text,
        why="The person needs one.",
        due_on=due_on,
        zone="Europe/Berlin",
    )


def written(number: int, *asks: Asked, held: str | None = None) -> MessageWritten:
    return MessageWritten(
        hire_id=UUID(int=number),
        message_id=UUID(int=1000 + number),
        recipient=Owner.IT,
        written_at=MORNING,
        asks=asks or (asked(),),
        about=f"ML engineer {number}",
        link=f"https://console.example/hires/{number}",
        held=held,
        in_digest=True,
    )


@dataclass(slots=True)
class Desk:
    """The mailbox of IT, with its timer, and a mail server that takes or refuses."""

    now: datetime = MORNING
    state: Tray | None = None
    timer: SetTimer | None = None
    mails: list[tuple[datetime, SendDigest]] = field(
        default_factory=list[tuple[datetime, SendDigest]]
    )
    events: list[Event] = field(default_factory=list[Event])

    def take(self, *messages: Message) -> "Desk":
        rules = digests(Directory()).rules
        for message in messages:
            self._apply(rules[message.type].decide(self.state, message, self.now))
        if self.state is not None:
            kept = Tray.model_validate_json(self.state.model_dump_json())
            assert kept == self.state, "a state must survive being stored"
        return self

    def wait(self, **duration: float) -> "Desk":
        then = self.now + timedelta(**duration)
        while self.timer is not None and self.timer.due <= then:
            self.now, self.timer = max(self.now, self.timer.due), None
            self.take(DigestDue())
        self.now = then
        return self

    def answer(self, *, accepted: bool = True) -> "Desk":
        for _, mail in self.mails:
            body = mail.model_dump_json()
            self.take(
                MailAccepted(letter_id=mail.digest_id)
                if accepted
                else EffectFailed(effect="SendDigest", reason="550", body=body)
            )
        return self

    def _apply(self, decision: Decision[Tray]) -> None:
        self.state = decision.state
        for change in decision.timers:
            self.timer = change if isinstance(change, SetTimer) else None
        for effect in decision.effects:
            assert isinstance(effect, SendDigest)
            self.mails.append((self.now, effect))
        self.events += decision.emit


def texts(mail: SendDigest) -> list[str]:
    return [each.ask.text for each in mail.digest.entries]


def test_messages_of_one_round_are_one_mail_sorted_by_their_day() -> None:
    late, soon = (
        asked("Return a laptop", date(2026, 12, 4)),
        asked("Order a screen", MORNING.date()),
    )

    desk = Desk().take(written(1, late), written(2, asked(), soon)).wait(hours=1)

    [(at, mail)] = desk.mails
    assert at == MORNING + timedelta(minutes=5)
    assert texts(mail) == ["Order a screen", "Return a laptop", "Order a laptop"]
    assert mail.digest.link.endswith("/?turn=it")
    assert digest_subject(mail.digest) == "By 2026-11-23: Order a screen (and 2 more)"


def test_the_mail_says_what_is_asked_for_whom_and_why() -> None:
    desk = Desk().take(
        written(1, asked(due_on=date(2026, 11, 27)), held="It is 21:40."), written(2)
    )

    [(_, mail)] = desk.wait(hours=1).mails
    assert digest_body(mail.digest, ["Noor Haverkamp", None]) == (
        "To do for you, by the end of Friday 2026-11-27 (Europe/Berlin): Order a laptop\n"
        "  About: Noor Haverkamp, ML engineer 1\n"
        "  Why: The person needs one.\n\n"
        "To do for you, as soon as possible: Order a laptop\n"
        "  About: ML engineer 2\n"
        "  Why: The person needs one.\n\n"
        "See: http://127.0.0.1:7100/?turn=it\n\n"
        "Held for your working hours: 1. Your inbox says why, for each message.\n"
    )


def test_a_message_alone_links_to_its_hire_and_was_not_merged() -> None:
    desk = Desk().take(written(1)).wait(hours=1).answer()

    [(_, mail)] = desk.mails
    assert mail.digest.link == "https://console.example/hires/1"
    [receipt] = desk.events
    assert isinstance(receipt, MessageSentInDigest)
    assert receipt.merged is None


def test_a_mailbox_gets_one_mail_an_hour() -> None:
    desk = Desk().take(written(1)).wait(minutes=10).take(written(2)).wait(minutes=30)
    assert len(desk.mails) == 1

    desk.take(written(3)).wait(hours=1)

    (first, _), (second, mail) = desk.mails
    assert second - first == AT_MOST_EVERY
    assert len(mail.digest.entries) == 2


def test_a_full_digest_does_not_wait() -> None:
    desk = Desk().take(*(written(number) for number in range(LIMIT)))

    [(at, mail)] = desk.mails
    assert (at, len(mail.digest.entries)) == (MORNING, LIMIT)
    assert desk.timer is None


def test_what_is_not_gathered_in_time_waits_for_the_next_morning() -> None:
    desk = Desk(now=EVENING).take(written(1)).wait(days=1)

    [(at, _)] = desk.mails
    assert at == datetime(2026, 11, 24, 8, 30, tzinfo=UTC), "the first round in Berlin"


def test_more_than_a_mail_holds_is_told_in_several_and_none_is_lost() -> None:
    night = datetime(2026, 11, 23, 22, tzinfo=UTC)

    desk = Desk(now=night).take(*(written(number) for number in range(LIMIT + 1))).wait(days=1)

    assert [len(mail.digest.entries) for _, mail in desk.mails] == [LIMIT, 1]


def test_a_digest_that_is_given_up_says_so_of_each_message() -> None:
    desk = Desk().take(written(1), written(2)).wait(hours=1).answer(accepted=False).answer()

    assert [(type(each), getattr(each, "message_id", None)) for each in desk.events] == [
        (MessageFailedInDigest, UUID(int=1001)),
        (MessageFailedInDigest, UUID(int=1002)),
    ]


@pytest.mark.parametrize(
    "message",
    [
        written(1).evolve(in_digest=False),
        DigestDue(),
        MailAccepted(letter_id=UUID(int=0)),
        EffectFailed(effect="SendDigest", reason="unknown", body="{}"),
    ],
    ids=lambda message: message.type,
)
def test_what_is_not_for_a_digest_is_passed_over(message: Message) -> None:
    desk = Desk().take(message)

    assert (desk.state, desk.mails, desk.events, desk.timer) == (None, [], [], None)


def test_the_ids_of_digests_are_derived_and_differ() -> None:
    ids: Sequence[UUID] = [
        mail.digest_id
        for _ in range(2)
        for _, mail in Desk().take(written(1)).wait(hours=2).take(written(2)).wait(hours=2).mails
    ]

    assert ids[:2] == ids[2:]
    assert len(set(ids)) == 2


@given(
    bursts=st.lists(
        st.tuples(st.integers(1, 50), st.sampled_from([0, 0, 1, 30, 400, 1500])),
        min_size=1,
        max_size=15,
    ),
    begins=st.integers(0, 10_000),
    accepted=st.booleans(),
)
def test_every_message_is_in_one_mail_within_hours_and_has_one_receipt(
    bursts: list[tuple[int, int]], begins: int, *, accepted: bool
) -> None:
    desk = Desk(now=MORNING + timedelta(minutes=begins))
    count = 0
    for size, minutes in bursts:
        desk.take(*(written(count + number) for number in range(size))).wait(minutes=minutes)
        count += size
    desk.wait(days=7).answer(accepted=accepted).answer(accepted=accepted)

    told = Counter(each.about for _, mail in desk.mails for each in mail.digest.entries)
    assert told == Counter(f"ML engineer {number}" for number in range(count))
    assert all(not next_opening(at, IT.working_hours).held for at, _ in desk.mails)
    kind = MessageSentInDigest if accepted else MessageFailedInDigest
    receipts = [each.message_id for each in desk.events if isinstance(each, kind)]
    assert sorted(receipts) == [UUID(int=1000 + number) for number in range(count)]
    assert desk.timer is None
