"""What is said about a hire, to whom, and when: the decider as a specification."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from libs.common.contracts.notify import (
    MessageFailed,
    MessageHeld,
    MessageRead,
    MessageSent,
    MessageWritten,
)
from libs.common.contracts.onboarding import HireStatus, TaskKind
from libs.common.contracts.values import Owner
from libs.common.decider import SetTimer
from libs.common.ids import derived
from libs.common.message import EffectFailed, Message
from services.notify.letter import subject
from services.notify.messages import MailAccepted, MarkRead
from tests.notify.company import (
    BADGE,
    HIRE,
    LAPTOP,
    MANAGER_TOKEN,
    MERGED,
    MONDAY_MORNING,
    MONDAY_NIGHT,
    VPN,
    WORKER_TOKEN,
    World,
    announced,
    assigned,
    blocked,
    cancelled,
    changed,
    done,
    dropped,
    due_today,
    erased,
    letter_due,
    moved,
    overdue,
    profile,
    ready,
    stands,
)

FRIDAY = date(2026, 11, 27)
NEXT_TUESDAY = date(2026, 12, 1)
NEXT_ROUND = timedelta(hours=1)
"""From Monday morning on: it is half past ten in Berlin, and roles get letters at half past."""


def at_work(*messages: Message) -> World:
    """A world of a hire that was announced on a Monday morning."""
    return World().take(announced(), *messages)


def at_night(*messages: Message) -> World:
    return World(now=MONDAY_NIGHT).take(announced(), *messages)


class TestWhoIsAsked:
    @pytest.mark.parametrize("owner", list(Owner))
    def test_the_owner_of_a_task_is_asked_once(self, owner: Owner) -> None:
        world = at_work(assigned(owner=owner)).wait(days=2)

        (mail,) = world.mails
        assert mail.recipient is owner
        assert mail.asks == ["Order a laptop"]
        assert mail.effect.letter.asks[0].due_on == FRIDAY

    def test_an_adapters_task_is_nobodys_business_until_it_is_late(self) -> None:
        vpn = assigned(VPN, title="Make the VPN peer", kind=TaskKind.VPN)
        world = at_work(vpn).wait(days=1)
        assert world.mails == []

        world.take(overdue(1, task_id=VPN)).wait(days=1)
        assert [mail.asks for mail in world.mails_to(Owner.IT)] == [["Make the VPN peer"]]

    def test_the_worker_and_the_manager_are_reached_by_their_sealed_contacts(self) -> None:
        world = at_work(assigned(owner=Owner.MANAGER), assigned(BADGE, Owner.WORKER)).wait(days=1)

        (to_worker,), (to_manager,) = world.mails_to(Owner.WORKER), world.mails_to(Owner.MANAGER)
        assert to_worker.effect.contact == WORKER_TOKEN
        assert to_manager.effect.contact == MANAGER_TOKEN
        assert to_manager.effect.worker == WORKER_TOKEN, "the letter is about the worker"

    def test_a_missing_manager_is_stood_in_for_by_hr(self) -> None:
        world = World().take(announced(profile(manager=None)), assigned(owner=Owner.MANAGER))

        (mail,) = world.wait(days=1).mails
        assert mail.recipient is Owner.HR
        assert mail.effect.contact is None
        assert mail.effect.letter.asks[0].of is Owner.MANAGER
        assert "No address of the manager is known" in mail.effect.letter.asks[0].why

    def test_a_worker_of_whom_nothing_is_known_is_stood_in_for_by_hr(self) -> None:
        (mail,) = World().take(assigned(owner=Owner.WORKER)).wait(days=1).mails

        assert mail.recipient is Owner.HR

    @pytest.mark.parametrize(
        ("escalation", "readers"),
        [
            pytest.param(1, {Owner.IT}, id="first reminder"),
            pytest.param(2, {Owner.IT, Owner.MANAGER}, id="second reminder"),
            pytest.param(3, {Owner.IT, Owner.MANAGER}, id="third reminder"),
        ],
    )
    def test_the_second_reminder_reaches_the_manager(
        self, escalation: int, readers: set[Owner]
    ) -> None:
        world = World().take(announced(), overdue(escalation)).wait(days=1)

        assert {mail.recipient for mail in world.mails} == readers
        assert f"this is reminder {escalation}" in world.mails[0].effect.letter.asks[0].why

    def test_a_manager_who_is_late_is_reminded_once(self) -> None:
        world = at_work(overdue(2, owner=Owner.MANAGER)).wait(days=1)

        assert [mail.recipient for mail in world.mails] == [Owner.MANAGER]

    def test_ready_is_told_to_worker_and_manager(self) -> None:
        world = at_work(ready()).wait(days=1)

        assert {mail.recipient for mail in world.mails} == {Owner.WORKER, Owner.MANAGER}
        assert world.mails[0].asks == ["Everything is ready for the first day"]
        assert world.mails[0].effect.letter.about == "ML engineer, starts on 2026-12-01"

    def test_blocked_is_put_to_its_owner_with_the_day_before_the_start(self) -> None:
        (mail,) = at_work(blocked()).wait(days=1).mails

        assert mail.recipient is Owner.LEGAL
        assert mail.effect.letter.asks[0].due_on == date(2026, 11, 30)
        assert mail.effect.letter.asks[0].why == "probation: P12M"

    def test_cancelled_is_told_to_those_who_were_told_something_before(self) -> None:
        world = at_work(assigned()).wait(hours=1)
        world.take(cancelled()).wait(hours=1)

        first, last = world.mails
        assert (first.recipient, last.recipient) == (Owner.IT, Owner.IT)
        assert "cancelled" in last.asks[0]

    def test_cancelled_before_anything_was_told_says_nothing(self) -> None:
        world = at_work(assigned(), ready(), blocked(), cancelled()).wait(days=2)

        assert world.mails == []
        assert world.timers == {}


class TestWhoIsErased:
    def test_a_letter_that_waits_for_the_person_is_not_sent_and_others_are(self) -> None:
        world = at_work(assigned()).wait(hours=1).take(ready(), cancelled())
        world.take(erased()).wait(days=1)

        assert {mail.recipient for mail in world.mails} == {Owner.IT}
        assert "cancelled" in world.mails[-1].asks[0]
        assert world.mails[-1].effect.worker is None

    def test_nobody_is_known_any_more(self) -> None:
        world = at_work(assigned(owner=Owner.WORKER)).take(cancelled(), erased()).wait(days=1)

        assert world.mails == []
        assert world.state
        assert world.state.contacts is None

    def test_of_a_hire_nobody_heard_of_there_is_nothing_to_forget(self) -> None:
        assert World().take(erased()).state is None


class TestFewLetters:
    def test_the_owner_is_reminded_on_the_morning_of_the_day(self) -> None:
        world = at_work(assigned()).wait_until(datetime(2026, 11, 27, 9, tzinfo=UTC))

        world.take(due_today(), due_today()).wait(hours=1)

        first, reminder = world.mails
        assert first.asks == reminder.asks
        assert reminder.effect.letter.asks[0].why.startswith("It is due today.")

    def test_a_morning_on_which_the_ask_itself_goes_out_needs_no_reminder(self) -> None:
        nine_in_berlin = datetime(2026, 11, 27, 8, tzinfo=UTC)
        world = World(now=datetime(2026, 11, 26, 22, tzinfo=UTC)).take(announced(), assigned())

        world.wait_until(nine_in_berlin + timedelta(hours=1)).take(due_today()).wait(hours=5)

        assert [mail.at for mail in world.mails] == [nine_in_berlin + timedelta(minutes=30)]

    def test_a_reminder_of_another_day_is_stale(self) -> None:
        world = at_work(assigned(), moved(NEXT_TUESDAY), due_today()).wait(hours=1)

        assert "due today" not in world.mails[0].effect.letter.asks[0].why

    def test_asks_before_a_round_are_one_letter(self) -> None:
        world = at_work(assigned()).wait(minutes=59).take(assigned(BADGE, title="Print a badge"))

        (mail,) = world.wait(hours=1).mails
        assert mail.at == MONDAY_MORNING + NEXT_ROUND
        assert mail.asks == ["Order a laptop", "Print a badge"]
        assert subject(mail.effect.letter) == "By 2026-11-27: Order a laptop (and 1 more)"

    def test_asks_with_a_round_between_are_two_letters(self) -> None:
        world = at_work(assigned()).wait(minutes=60).take(assigned(BADGE, title="Print a badge"))

        assert [mail.asks for mail in world.wait(hours=2).mails] == [
            ["Order a laptop"],
            ["Print a badge"],
        ]

    def test_different_readers_have_different_letters(self) -> None:
        world = at_work(assigned(), assigned(BADGE, Owner.HR)).wait(hours=1)

        assert {mail.recipient for mail in world.mails} == {Owner.IT, Owner.HR}

    def test_what_gathers_in_a_night_is_one_letter(self) -> None:
        world = at_night(assigned()).wait(hours=5).take(assigned(BADGE, title="Print a badge"))

        (mail,) = world.wait(days=1).mails
        assert mail.asks == ["Order a laptop", "Print a badge"]

    @pytest.mark.parametrize(
        "ending", [pytest.param(done(), id="done"), pytest.param(dropped(), id="dropped")]
    )
    def test_a_task_that_ended_before_its_letter_is_not_asked_for(self, ending: Message) -> None:
        world = at_work(assigned(), assigned(BADGE, title="Print a badge"), ending)

        (mail,) = world.wait(hours=1).mails
        assert mail.asks == ["Print a badge"]

    @pytest.mark.parametrize(
        "ending", [pytest.param(done(), id="done"), pytest.param(dropped(), id="dropped")]
    )
    def test_an_empty_letter_is_not_sent(self, ending: Message) -> None:
        world = at_work(assigned(), ending)

        assert world.timers == {}
        assert world.wait(days=1).mails == []

    def test_a_reminder_takes_the_place_of_the_ask_that_has_not_gone_out(self) -> None:
        world = at_night(assigned(), overdue(1)).wait(days=1)

        (mail,) = world.mails
        assert len(mail.asks) == 1
        assert "this is reminder 1" in mail.effect.letter.asks[0].why

    def test_ready_takes_away_what_blocked(self) -> None:
        world = at_night(blocked(), ready()).wait(days=1)

        assert world.mails_to(Owner.LEGAL) == []

    def test_blocked_takes_away_what_was_ready(self) -> None:
        world = at_night(ready(), blocked()).wait(days=1)

        assert {mail.recipient for mail in world.mails} == {Owner.LEGAL}


class TestWhatChanges:
    def test_a_moved_task_changes_the_date_in_an_unsent_letter(self) -> None:
        (mail,) = at_work(assigned(), moved(NEXT_TUESDAY)).wait(hours=1).mails

        assert mail.at == MONDAY_MORNING + NEXT_ROUND
        assert mail.effect.letter.asks[0].due_on == NEXT_TUESDAY
        assert "moved" not in mail.effect.letter.asks[0].why

    def test_a_date_that_was_told_is_corrected(self) -> None:
        world = at_work(assigned()).wait(hours=1).take(moved(NEXT_TUESDAY)).wait(hours=1)

        _, correction = world.mails
        assert correction.effect.letter.asks[0].due_on == NEXT_TUESDAY
        assert correction.effect.letter.asks[0].why.startswith(
            "The date has moved from 2026-11-27 to 2026-12-01."
        )

    def test_a_date_that_moves_back_before_anybody_knew_is_no_news(self) -> None:
        world = at_work(assigned()).wait(hours=1)
        world.take(moved(NEXT_TUESDAY), moved(FRIDAY)).wait(hours=1)

        assert len(world.mails) == 1

    def test_a_day_that_ends_at_another_hour_is_no_news(self) -> None:
        world = at_work(assigned()).wait(hours=1)

        world.take(moved(FRIDAY).evolve(timezone="Asia/Tokyo")).wait(hours=1)

        assert len(world.mails) == 1
        task = world.state and world.state.task(LAPTOP)
        assert task is not None
        assert task.timezone == "Asia/Tokyo"

    def test_a_late_task_that_is_moved_is_late_no_more(self) -> None:
        world = at_night(assigned(), overdue(2), moved(NEXT_TUESDAY)).wait(days=1)

        (mail,) = world.mails
        assert mail.recipient is Owner.IT
        assert "reminder" not in mail.effect.letter.asks[0].why

    def test_reminders_begin_anew_for_a_new_date(self) -> None:
        world = at_work(assigned(), overdue(3)).wait(hours=1)
        world.take(moved(NEXT_TUESDAY), overdue(1, due_on=NEXT_TUESDAY)).wait(hours=1)

        assert "this is reminder 1" in world.mails_to(Owner.IT)[-1].effect.letter.asks[0].why

    def test_a_new_day_has_a_morning_of_its_own(self) -> None:
        world = at_work(assigned(), due_today()).wait(hours=1)
        world.take(moved(NEXT_TUESDAY), due_today(due_on=NEXT_TUESDAY)).wait(hours=1)

        assert "It is due today." in world.mails[-1].effect.letter.asks[0].why

    def test_a_task_that_is_done_is_not_pressed_for(self) -> None:
        assert at_work(assigned(), done(), overdue(1)).wait(days=1).mails == []

    def test_a_task_that_was_assigned_again_can_be_late_and_withdrawn(self) -> None:
        world = at_work(assigned(), done(), assigned(), overdue(1)).wait(hours=1)
        world.take(dropped()).wait(hours=1)

        late, withdrawn = world.mails
        assert "this is reminder 1" in late.effect.letter.asks[0].why
        assert withdrawn.asks == ["No longer needed: Order a laptop"]

    def test_what_blocked_a_hire_before_it_was_off_is_not_asked_again(self) -> None:
        world = at_night(blocked(), cancelled())

        world.take(announced(profile(starts_on=date(2026, 12, 15)))).wait(days=1)

        assert world.mails == []

    def test_a_task_that_was_asked_for_and_is_dropped_is_withdrawn(self) -> None:
        world = at_work(assigned()).wait(hours=1).take(dropped()).wait(hours=1)

        assert world.mails[-1].asks == ["No longer needed: Order a laptop"]

    def test_a_task_given_to_somebody_else_is_asked_of_them(self) -> None:
        world = at_work(assigned(), assigned(owner=Owner.HR)).wait(hours=1)

        assert [mail.recipient for mail in world.mails] == [Owner.HR]

    @pytest.mark.parametrize(
        ("ending", "told"),
        [
            pytest.param(done(), ["Order a laptop"] * 2, id="an answer that did not do"),
            pytest.param(
                dropped(),
                ["Order a laptop", "No longer needed: Order a laptop", "Order a laptop"],
                id="needed once more",
            ),
        ],
    )
    def test_a_closed_task_that_is_assigned_again_is_asked_for_again(
        self, ending: Message, told: list[str]
    ) -> None:
        world = at_work(assigned()).wait(hours=1).take(ending).wait(hours=1)

        world.take(assigned()).wait(hours=1)

        assert [ask for mail in world.mails for ask in mail.asks] == told

    def test_a_block_that_is_resolved_before_its_letter_is_not_told(self) -> None:
        world = at_night(blocked(), stands(HireStatus.PROVISIONING, HireStatus.BLOCKED))

        assert world.wait(days=1).mails == []

    def test_a_start_that_moves_while_blocked_is_told_to_the_owner(self) -> None:
        world = at_work(stands(HireStatus.BLOCKED), blocked()).wait(hours=1)
        world.take(changed(profile(starts_on=date(2026, 12, 15)), "starts_on")).wait(hours=1)

        asks = [mail.effect.letter.asks[0] for mail in world.mails_to(Owner.LEGAL)]
        assert [ask.due_on for ask in asks] == [date(2026, 11, 30), date(2026, 12, 14)]

    def test_a_start_that_moves_into_the_past_while_blocked_is_an_incident(self) -> None:
        world = at_night(stands(HireStatus.BLOCKED), blocked())

        world.take(changed(profile(starts_on=date(2026, 11, 23)), "starts_on")).wait(seconds=0)

        (mail,) = world.mails
        assert mail.asks == ["Resolve what blocks this hire, who should be at work"]
        assert world.timers == {}, "the letter that waited has nothing more to say"

    def test_access_that_cannot_be_ended_is_an_incident(self) -> None:
        world = at_night(stands(HireStatus.LEFT), blocked(Owner.IT, reason="RevokePeer failed"))

        (mail,) = world.wait(seconds=0).mails
        assert (mail.recipient, mail.at) == (Owner.IT, MONDAY_NIGHT)
        assert mail.asks == ["End the access of this hire, who is gone, by hand"]

    def test_a_cancellation_with_all_that_it_drops_is_one_letter(self) -> None:
        world = at_work(assigned(), assigned(BADGE, title="Print a badge")).wait(hours=1)

        world.take(dropped(), dropped(BADGE), cancelled(), stands(HireStatus.CANCELLED))

        _, last = world.wait(hours=1).mails
        assert last.asks == [
            "The hire was cancelled; what was asked or told before no longer holds"
        ]

    def test_a_hire_that_is_on_again_asks_anew(self) -> None:
        world = at_work(assigned()).wait(hours=1).take(cancelled()).wait(hours=1)

        world.take(announced(), assigned()).wait(hours=1)

        assert [mail.asks[0] for mail in world.mails_to(Owner.IT)] == [
            "Order a laptop",
            "The hire was cancelled; what was asked or told before no longer holds",
            "Order a laptop",
        ]

    def test_a_hire_on_again_before_its_end_was_told_is_not_told_to_have_ended(self) -> None:
        world = at_work(assigned()).wait(hours=1).take(cancelled(), announced()).wait(days=1)

        assert len(world.mails) == 1

    def test_a_second_cancellation_is_told_only_to_those_who_heard_since(self) -> None:
        world = at_work(assigned()).wait(hours=1).take(cancelled()).wait(hours=1)
        world.take(announced(), cancelled(MONDAY_NIGHT)).wait(days=1)

        assert len(world.mails) == 2


class TestWhen:
    def test_a_letter_at_night_is_held_with_its_reason(self) -> None:
        world = at_night(assigned(owner=Owner.WORKER))

        assert world.events == [
            MessageHeld(
                hire_id=HIRE,
                message_id=derived("letter", HIRE, Owner.WORKER, 0),
                recipient=Owner.WORKER,
                not_before=datetime(2026, 11, 24, 9, 30, tzinfo=UTC),
                reason="It is 21:40 in Europe/Lisbon; the working day begins at 09:00.",
                rule="working-hours@1",
            )
        ]
        (mail,) = world.wait(days=1).mails
        assert mail.at == datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
        assert mail.effect.letter.held == (
            "It is 21:40 in Europe/Lisbon; the working day begins at 09:00. (working-hours@1)"
        )
        assert len(world.held) == 1

    def test_a_letter_at_work_is_not_held(self) -> None:
        world = at_work(assigned()).wait(hours=1)

        assert world.held == []
        assert world.mails[0].effect.letter.held is None

    def test_a_letter_after_the_last_round_is_held_for_the_next_morning(self) -> None:
        just_before_five = datetime(2026, 11, 23, 16, 55, tzinfo=UTC)
        world = World(now=just_before_five).take(announced(), assigned(owner=Owner.WORKER))

        world.wait(days=1)

        (notice,), (mail,) = world.held, world.mails
        assert notice.rule == "rounds@1"
        assert notice.reason == (
            "It is 16:55 in Europe/Lisbon; "
            "the next round of letters is Tuesday 2026-11-24 at 09:30."
        )
        assert mail.at == notice.not_before == datetime(2026, 11, 24, 9, 30, tzinfo=UTC)

    def test_what_has_to_be_done_today_does_not_wait_for_tomorrows_round(self) -> None:
        afternoon = datetime(2026, 11, 23, 15, 40, tzinfo=UTC)
        today = assigned(owner=Owner.WORKER, due_on=date(2026, 11, 23))
        later = assigned(BADGE, Owner.WORKER, title="Print a badge")

        world = World(now=afternoon).take(announced(), later, today).wait(days=1)

        assert [(mail.at, len(mail.asks)) for mail in world.mails] == [
            (afternoon + timedelta(minutes=10), 2)
        ]

    def test_a_timer_that_fires_late_waits_for_the_next_opening(self) -> None:
        world = at_work(assigned(owner=Owner.WORKER))
        (timer,) = world.timers.values()

        world.now = MONDAY_NIGHT
        world.take(timer.timer).wait(days=1)

        assert [mail.at for mail in world.mails] == [datetime(2026, 11, 24, 9, 30, tzinfo=UTC)]

    def test_a_letter_that_is_held_again_keeps_its_first_reason(self) -> None:
        world = at_night(assigned(owner=Owner.WORKER))
        (timer,) = world.timers.values()

        world.now = datetime(2026, 11, 24, 18, tzinfo=UTC)
        world.take(timer.timer).wait(days=1)

        (mail,) = world.mails
        assert mail.at == datetime(2026, 11, 25, 9, 30, tzinfo=UTC)
        assert (mail.effect.letter.held or "").startswith("It is 21:40")
        assert len(world.held) == 1

    def test_a_timer_that_fires_early_is_set_again(self) -> None:
        world = at_work(assigned())
        (timer,) = world.timers.values()

        world.take(timer.timer)

        assert world.mails == []
        assert list(world.timers.values()) == [SetTimer(timer.due, timer.timer)]

    def test_a_role_is_written_to_in_its_own_hours(self) -> None:
        at_eight_in_lisbon_and_nine_in_berlin = datetime(2026, 11, 24, 8, tzinfo=UTC)
        world = World(now=at_eight_in_lisbon_and_nine_in_berlin)

        world.take(announced(), assigned(), assigned(BADGE, Owner.WORKER)).wait(days=1)

        (to_it,), (to_worker,) = world.mails_to(Owner.IT), world.mails_to(Owner.WORKER)
        assert to_it.at == at_eight_in_lisbon_and_nine_in_berlin + timedelta(minutes=30)
        assert to_worker.at == datetime(2026, 11, 24, 9, 30, tzinfo=UTC)

    def test_who_moves_to_another_zone_is_written_to_in_its_hours(self) -> None:
        world = at_night(assigned(owner=Owner.WORKER))
        tokyo = profile(timezone="Asia/Tokyo", jurisdiction="JP")

        (mail,) = world.take(changed(tokyo, "timezone", "jurisdiction")).wait(days=3).mails

        # Monday 21:40 UTC is Tuesday 06:40 in Tokyo, which is a working day from 09:00.
        assert mail.at == datetime(2026, 11, 24, 0, 30, tzinfo=UTC)
        assert len(world.held) == 1, "a hold is told once"

    def test_a_zone_nobody_knows_is_taken_for_utc(self) -> None:
        world = World(now=MONDAY_NIGHT).take(
            announced(profile(timezone="Mars/Olympus")), assigned(owner=Owner.WORKER)
        )

        assert world.held[0].reason == "It is 21:40 in UTC; the working day begins at 09:00."

    def test_blocked_on_the_first_day_breaks_through_the_night(self) -> None:
        world = World(now=MONDAY_NIGHT).take(
            announced(profile(starts_on=date(2026, 11, 23))), assigned(owner=Owner.LEGAL), blocked()
        )

        (mail,) = world.wait(seconds=0).mails
        assert (mail.at, mail.recipient) == (MONDAY_NIGHT, Owner.LEGAL)
        assert mail.asks == ["Resolve what blocks this hire, who should be at work"]
        (notice,) = world.held
        assert notice.message_id != mail.id, "what is not urgent still waits"


class TestSharedMailboxes:
    @pytest.mark.parametrize("owner", [Owner.HR, Owner.IT, Owner.LEGAL])
    def test_a_role_is_told_in_its_next_digest(self, owner: Owner) -> None:
        world = at_work(assigned(owner=owner)).wait(hours=1)

        (written,) = world.events
        assert isinstance(written, MessageWritten)
        assert (written.in_digest, written.worker) == (True, WORKER_TOKEN)

    @pytest.mark.parametrize("owner", [Owner.WORKER, Owner.MANAGER])
    def test_a_person_has_mails_of_their_own(self, owner: Owner) -> None:
        world = at_work(assigned(owner=owner)).wait(hours=3)

        (mail,) = world.mails
        assert not mail.in_digest

    def test_what_is_urgent_goes_alone_and_at_once(self) -> None:
        world = at_night(stands(HireStatus.LEFT), blocked(Owner.IT, reason="RevokePeer failed"))

        (mail,) = world.wait(seconds=0).mails
        assert not mail.in_digest


class TestReceipts:
    @pytest.mark.parametrize(
        ("owner", "merged"),
        [
            pytest.param(Owner.WORKER, None, id="a mail of its own"),
            pytest.param(Owner.IT, MERGED, id="in one mail with others"),
        ],
    )
    def test_a_letter_that_was_accepted_has_its_receipt_once(
        self, owner: Owner, merged: str | None
    ) -> None:
        world = at_work(assigned(owner=owner)).wait(hours=3).accept().accept()

        assert world.receipts == [
            MessageSent(
                hire_id=HIRE,
                message_id=derived("letter", HIRE, owner, 0),
                recipient=owner,
                channel="email",
                sent_at=world.now,
                merged=merged,
            )
        ]

    @pytest.mark.parametrize("owner", [Owner.WORKER, Owner.IT])
    def test_a_letter_that_was_given_up_says_why(self, owner: Owner) -> None:
        reason = "the mail server answered 550 5.1.1"
        world = at_work(assigned(owner=owner)).wait(hours=3).fail(reason).fail(reason).accept()

        (failed,) = world.receipts
        assert isinstance(failed, MessageFailed)
        assert (failed.message_id, failed.reason) == (world.mails[0].id, reason)

    @pytest.mark.parametrize(
        "body", ["", "null", '{"letter_id": 7}', MailAccepted(letter_id=LAPTOP).model_dump_json()]
    )
    def test_a_failure_of_an_unknown_letter_says_nothing(self, body: str) -> None:
        world = at_work(assigned()).wait(hours=1)

        world.take(EffectFailed(effect="SendMail", reason="it cannot be read", body=body))

        assert world.receipts == []

    def test_what_a_letter_says_is_told_as_it_goes_out(self) -> None:
        world = at_work(assigned()).wait(hours=1)

        (written,) = world.events
        assert isinstance(written, MessageWritten)
        assert (written.message_id, written.recipient) == (world.mails[0].id, Owner.IT)
        assert [ask.text for ask in written.asks] == world.mails[0].asks

    def test_a_message_that_is_read_twice_was_read_the_first_time(self) -> None:
        world = at_work(assigned()).wait(hours=1)
        read = MarkRead(message_id=world.mails[0].id, recipient=Owner.IT)

        first = world.now
        world.take(read).wait(hours=1).take(read)

        (told,) = (event for event in world.events if isinstance(event, MessageRead))
        assert (told.message_id, told.read_at) == (read.message_id, first)

    def test_the_ids_of_letters_are_derived(self) -> None:
        first, again = (at_work(assigned(), ready()).wait(days=1) for _ in range(2))

        ids = [mail.id for mail in first.mails]
        assert ids == [mail.id for mail in again.mails]
        assert len(set(ids)) == len(ids) == 3


REPEATABLE = [
    pytest.param(announced(), id="announced"),
    pytest.param(assigned(), id="assigned"),
    pytest.param(moved(NEXT_TUESDAY), id="moved"),
    pytest.param(overdue(2, due_on=NEXT_TUESDAY), id="overdue"),
    pytest.param(blocked(), id="blocked"),
    pytest.param(ready(), id="ready"),
    pytest.param(due_today(due_on=NEXT_TUESDAY), id="due today"),
    pytest.param(stands(HireStatus.READY), id="status"),
    pytest.param(done(), id="done"),
    pytest.param(dropped(), id="dropped"),
    pytest.param(cancelled(), id="cancelled"),
]


@pytest.mark.parametrize("message", REPEATABLE)
def test_a_repeated_message_changes_nothing(message: Message) -> None:
    world = at_work(assigned()).wait(hours=1).take(moved(NEXT_TUESDAY), message)
    before = (world.state, dict(world.timers), list(world.events))

    rule = world.decider.rules[message.type]
    decision = rule.decide(world.state, message, world.now)

    assert decision.state is world.state
    assert (decision.emit, decision.timers, decision.effects) == ((), (), ())
    assert (world.state, world.timers, world.events) == before


def test_a_reminder_for_a_day_that_was_moved_is_stale() -> None:
    world = at_work(assigned(), moved(NEXT_TUESDAY), overdue(1, due_on=FRIDAY)).wait(hours=1)

    assert "reminder" not in world.mails[0].effect.letter.asks[0].why


@pytest.mark.parametrize(
    "message",
    [
        letter_due("no-such-letter"),
        MailAccepted(letter_id=UUID(int=0)),
        EffectFailed(effect="SendMail", reason="unknown", body="{}"),
        moved(FRIDAY),
        due_today(),
        stands(HireStatus.ANNOUNCED),
    ],
    ids=lambda message: message.type,
)
def test_what_comes_before_anything_is_known_is_passed_over(message: Message) -> None:
    world = World().take(message)

    assert (world.state, world.events, world.timers) == (None, [], {})


def test_long_and_strange_texts_are_cut_to_fit() -> None:
    strange = assigned(title="Order\r\n" + "a laptop " * 40)

    (mail,) = at_work(strange).wait(hours=1).mails

    assert len(mail.asks[0]) == 120
    assert "\n" not in mail.asks[0]
