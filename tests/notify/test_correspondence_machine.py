"""Whatever happens to a hire, in any order and any number of times: no letter twice, none lost."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import hypothesis.strategies as st
from hypothesis import given, settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from libs.common.contracts.notify import Urgency
from libs.common.contracts.onboarding import (
    HireAnnounced,
    HireChanged,
    HireStatus,
    HireStatusChanged,
    TaskAssigned,
    TaskDone,
    TaskDropped,
    TaskDueToday,
    TaskKind,
    TaskMoved,
    TaskOverdue,
)
from libs.common.contracts.values import Owner, Profile
from libs.common.message import EffectFailed, Event, Message
from services.notify.civil_time import zone_or_utc
from services.notify.directory import Directory
from services.notify.letter import body, subject
from services.notify.messages import MailAccepted
from services.notify.model import Contacts
from services.notify.working_hours import next_opening, standard_hours
from tests.notify.company import (
    HIRE,
    LAPTOP,
    MANAGER_TOKEN,
    Mail,
    World,
    announced,
    assigned,
    blocked,
    cancelled,
    changed,
    done,
    dropped,
    due_today,
    letter_due,
    moved,
    overdue,
    profile,
    ready,
    stands,
)

BEGINNING = datetime(2026, 10, 23, 12, tzinfo=UTC)  # two days before the clocks fall back
DAYS = st.dates(date(2026, 10, 26), date(2026, 11, 20))
PLACES = st.sampled_from(
    [
        ("Europe/Lisbon", "PT"),
        ("America/New_York", "US-NY"),
        ("Asia/Tokyo", "JP"),
        ("Africa/Cairo", "EG"),
        ("Australia/Lord_Howe", "AU"),
        ("Mars/Olympus", "ZZ"),
    ]
)


@st.composite
def profiles(draw: st.DrawFn) -> Profile:
    timezone, jurisdiction = draw(PLACES)
    return profile(
        timezone=timezone,
        jurisdiction=jurisdiction,
        starts_on=draw(DAYS),
        manager=draw(st.sampled_from([MANAGER_TOKEN, None])),
    )


PROFILES = profiles()
TaskEvent = TaskAssigned | TaskMoved | TaskDueToday | TaskOverdue | TaskDone | TaskDropped
OWNERS = st.sampled_from(list(Owner))
TASK_IDS = [UUID(int=LAPTOP.int + n) for n in range(4)]
WAITS = st.sampled_from(
    [timedelta(minutes=3), timedelta(minutes=20), timedelta(hours=5), timedelta(hours=19)]
)


def inside_hours(mail: Mail, contacts: Contacts | None) -> bool:
    """Whether a letter left in its recipient's working hours, as everybody was known then."""
    if mail.recipient in (Owner.WORKER, Owner.MANAGER):
        assert contacts is not None
        hours = standard_hours(zone_or_utc(contacts.timezone), contacts.jurisdiction)
    else:
        hours = Directory().mailbox(mail.recipient).working_hours
    return not next_opening(mail.at, hours).held


def is_urgent(mail: Mail) -> bool:
    return any(ask.urgency is Urgency.INCIDENT for ask in mail.effect.letter.asks)


class HireAndItsLetters(RuleBasedStateMachine):
    """Onboarding tells the life of one hire, in order; anything may be told again later."""

    def __init__(self) -> None:
        super().__init__()
        self.world = World(now=BEGINNING)
        self.open: dict[UUID, tuple[Owner, date]] = {}
        self.assigned_at: dict[UUID, int] = {}
        self.block: str | None = None
        self.told: list[Message] = []
        self.cancelled = False
        self.checked = 0

    def tell(self, message: Message) -> None:
        self.world.take(message)
        self.told.append(message)

    @initialize(of=PROFILES)
    def announce(self, of: Profile) -> None:
        self.tell(announced(of))

    @rule(of=PROFILES)
    def change(self, of: Profile) -> None:
        self.tell(changed(of, "starts_on"))
        self.cancelled = False

    @precondition(lambda self: len(self.open) < len(TASK_IDS) and not self.cancelled)
    @rule(data=st.data(), owner=OWNERS, due_on=DAYS)
    def assign(self, data: st.DataObject, owner: Owner, due_on: date) -> None:
        """For the first time, or again after it was closed."""
        task_id = data.draw(st.sampled_from([each for each in TASK_IDS if each not in self.open]))
        self.open[task_id] = (owner, due_on)
        self.assigned_at[task_id] = len(self.told)
        why = f"Reason {len(self.told)}."
        self.tell(assigned(task_id, owner, due_on).evolve(why=why))

    @precondition(lambda self: bool(self.open))
    @rule(data=st.data(), due_on=DAYS)
    def move(self, data: st.DataObject, due_on: date) -> None:
        task_id = data.draw(st.sampled_from(sorted(self.open)))
        self.open[task_id] = (self.open[task_id][0], due_on)
        self.tell(moved(due_on, task_id))

    @precondition(lambda self: bool(self.open))
    @rule(data=st.data(), escalation=st.integers(1, 4))
    def remind(self, data: st.DataObject, escalation: int) -> None:
        task_id = data.draw(st.sampled_from(sorted(self.open)))
        owner, due_on = self.open[task_id]
        self.tell(overdue(escalation, owner, due_on, task_id))

    @precondition(lambda self: bool(self.open))
    @rule(data=st.data())
    def remind_in_the_morning(self, data: st.DataObject) -> None:
        task_id = data.draw(st.sampled_from(sorted(self.open)))
        owner, due_on = self.open[task_id]
        self.tell(due_today(owner, due_on, task_id))

    @precondition(lambda self: bool(self.open))
    @rule(data=st.data(), finished=st.booleans())
    def close(self, data: st.DataObject, *, finished: bool) -> None:
        task_id = data.draw(st.sampled_from(sorted(self.open)))
        del self.open[task_id]
        self.tell(done(task_id) if finished else dropped(task_id))

    @precondition(lambda self: not self.cancelled)
    @rule(owner=OWNERS)
    def stop(self, owner: Owner) -> None:
        self.block = f"rule {len(self.told)} is not met"
        self.tell(blocked(owner, self.world.now, self.block))

    @rule(status=st.sampled_from([HireStatus.CHECKING, HireStatus.PROVISIONING]))
    def go_on(self, status: HireStatus) -> None:
        self.block = None
        self.cancelled = False
        self.tell(stands(status))

    @rule()
    def make_ready(self) -> None:
        self.block = None
        self.tell(ready(self.world.now))

    @rule()
    def cancel(self) -> None:
        for task_id in list(self.open):
            self.tell(dropped(task_id))
        self.open.clear()
        self.block = None
        self.cancelled = True
        self.tell(cancelled(self.world.now))
        self.tell(stands(HireStatus.CANCELLED))

    @rule(data=st.data())
    def repeat(self, data: st.DataObject) -> None:
        """Tell something again that still holds; what is older the kernel drops by its number."""
        recent = [each for at, each in enumerate(self.told) if self.holds(at, each)]
        if recent:
            message = data.draw(st.sampled_from(recent))
            before = len(self.world.mails)
            self.world.take(message)
            assert len(self.world.mails) == before, "a repeat sends nothing by itself"

    def holds(self, at: int, message: Message) -> bool:
        if isinstance(message, HireAnnounced | HireChanged | HireStatusChanged):
            return at == len(self.told) - 1
        if not isinstance(message, TaskEvent):
            return True
        due_on = self.open.get(message.task_id, (None, None))[1]
        closes = isinstance(message, TaskDone | TaskDropped)
        same_day = closes or message.due_on == due_on
        return closes is (due_on is None) and same_day and at >= self.assigned_at[message.task_id]

    @rule(duration=WAITS)
    def wait(self, duration: timedelta) -> None:
        self.world.wait_until(self.world.now + duration)

    @rule()
    def accept(self) -> None:
        self.world.accept()

    @invariant()
    def no_letter_leaves_twice(self) -> None:
        ids = [mail.id for mail in self.world.mails]
        assert len(set(ids)) == len(ids)

    @invariant()
    def no_ask_is_made_twice_in_one_letter(self) -> None:
        for mail in self.new_mails():
            topics = [ask.topic for ask in mail.effect.letter.asks]
            assert topics
            assert len(set(topics)) == len(topics)

    @invariant()
    def nobody_is_told_the_same_twice_for_one_date(self) -> None:
        said = [
            (mail.recipient, ask.topic, ask.of, ask.due_on, ask.why)
            for mail in self.world.mails
            for ask in mail.effect.letter.asks
            if ask.topic.startswith("task:")
            if not any(word in ask.why for word in ("has moved", "reminder", "due today"))
            if ask.urgency is not Urgency.ANNOUNCEMENT
        ]
        assert len(set(said)) == len(said)

    @invariant()
    def a_hold_is_told_once_and_kept(self) -> None:
        ids = [notice.message_id for notice in self.world.held]
        assert len(set(ids)) == len(ids)
        left = {mail.id: mail.at for mail in self.world.mails}
        for notice in self.world.held:
            assert notice.not_before >= BEGINNING
            assert notice.message_id not in left or left[notice.message_id] >= BEGINNING

    @invariant()
    def every_waiting_letter_has_its_timer_and_no_other(self) -> None:
        drafts = self.world.state.drafts if self.world.state else ()
        waiting = {str(draft.id): draft.due for draft in drafts}
        assert {slot: each.due for (_, slot), each in self.world.timers.items()} == waiting

    @invariant()
    def letters_leave_in_working_hours_unless_urgent(self) -> None:
        for mail in self.new_mails():
            assert is_urgent(mail) or inside_hours(mail, self.contacts())
        self.checked = len(self.world.mails)

    def new_mails(self) -> Sequence[Mail]:
        return self.world.mails[self.checked :]

    def contacts(self) -> Contacts | None:
        return self.world.state.contacts if self.world.state else None

    def teardown(self) -> None:
        self.world.wait(days=14)
        assert self.world.timers == {}, "nothing waits for ever"
        for task_id, (owner, due_on) in self.open.items():
            assert self.last_date_told(task_id, owner) == due_on, "no ask is lost"
        if self.block is not None:
            whys = [ask.why for mail in self.world.mails for ask in mail.effect.letter.asks]
            assert any(self.block in why for why in whys), "no block is lost"
        self.world.accept()
        assert len(self.world.receipts) - len(self.world.held) == len(self.world.mails)

    def last_date_told(self, task_id: UUID, owner: Owner) -> date | None:
        asks = [
            ask
            for mail in self.world.mails
            for ask in mail.effect.letter.asks
            if ask.topic == f"task:{task_id}" and ask.of is owner
        ]
        return asks[-1].due_on if asks else None


HireAndItsLetters.TestCase.settings = settings(max_examples=120, stateful_step_count=30)
test_a_hire_and_its_letters = HireAndItsLetters.TestCase


SOME_TIME = st.integers(0, 40_000).map(lambda minutes: BEGINNING + timedelta(minutes=minutes))
TASKS = st.sampled_from(TASK_IDS)
TEXTS = st.text(max_size=400)
LETTERS = [UUID(int=0), UUID("00000000-0000-5000-8000-000000000000")]
ANYTHING: st.SearchStrategy[Message] = st.one_of(
    PROFILES.map(announced),
    PROFILES.map(changed),
    st.builds(assigned, TASKS, OWNERS, DAYS, TEXTS, st.sampled_from(TaskKind)),
    st.builds(moved, DAYS, TASKS),
    st.builds(overdue, st.integers(-1, 9), OWNERS, DAYS, TASKS),
    st.builds(due_today, OWNERS, DAYS, TASKS),
    st.builds(stands, st.sampled_from(HireStatus)),
    st.builds(done, TASKS),
    st.builds(dropped, TASKS),
    st.builds(ready, SOME_TIME, DAYS),
    st.builds(blocked, OWNERS, SOME_TIME, TEXTS),
    st.builds(cancelled, SOME_TIME),
    st.builds(MailAccepted, letter_id=st.sampled_from(LETTERS)),
    st.builds(EffectFailed, effect=st.just("SendMail"), reason=TEXTS, body=TEXTS),
    TEXTS.map(letter_due),
)


@given(st.lists(st.tuples(ANYTHING, WAITS), max_size=25))
def test_any_order_of_messages_is_decided(story: list[tuple[Message, timedelta]]) -> None:
    world = World(now=BEGINNING)

    for message, duration in story:
        world.take(message).wait_until(world.now + duration)
    world.wait(days=14).accept()

    ids = [mail.id for mail in world.mails]
    assert len(set(ids)) == len(ids)
    assert world.timers == {}
    for mail in world.mails:
        assert len(subject(mail.effect.letter)) < 200
        assert mail.effect.letter.link in body(mail.effect.letter)
    assert all(isinstance(event, Event) and event.subject == str(HIRE) for event in world.events)
