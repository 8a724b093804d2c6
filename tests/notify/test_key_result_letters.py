"""A key result off its course: its owner is told once, in their hours, what to decide."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from libs.common.contracts.metrics import KeyResultChanged, KeyResultOffCourse, KeyResultStatus
from libs.common.contracts.notify import KeyResultOwnerNotTold, KeyResultOwnerTold
from libs.common.contracts.values import Owner
from libs.common.decider import SetTimer
from libs.common.message import EffectFailed, Event, Message
from services.notify.directory import Directory, Mailbox
from services.notify.key_result_letters import Alerted, key_result_letters
from services.notify.letter import body, subject
from services.notify.messages import LetterDue, MailAccepted, SendMail

SAO_PAULO = Mailbox(address="ranking-lead@example.com", zone="America/Sao_Paulo", jurisdiction="BR")
DIRECTORY = Directory(leads={"ranking": SAO_PAULO}, console="https://farhand.example.com")
AT_WORK = datetime(2026, 11, 30, 13, 0, tzinfo=UTC)
"""A Monday, 10:00 in Sao Paulo."""
AT_NIGHT = datetime(2026, 11, 28, 3, 0, tzinfo=UTC)
"""Midnight between Friday and Saturday in Sao Paulo."""


def alert(**changes: Any) -> KeyResultOffCourse:
    return KeyResultOffCourse.model_validate({**KeyResultOffCourse.example, **changes})


def stands(status: KeyResultStatus) -> KeyResultChanged:
    return KeyResultChanged.model_validate({**KeyResultChanged.example, "status": status})


@dataclass
class Desk:
    """What the kernel does for the one key."""

    now: datetime
    state: Alerted | None = None
    due: datetime | None = None
    mails: list[SendMail] = field(default_factory=list[SendMail])
    events: list[Event] = field(default_factory=list[Event])

    def take(self, *messages: Message) -> "Desk":
        for message in messages:
            rule = key_result_letters(DIRECTORY).rules[message.type]
            decision = rule.decide(self.state, message, self.now)
            self.state = decision.state
            self.events += decision.emit
            self.mails += [each for each in decision.effects if isinstance(each, SendMail)]
            for timer in decision.timers:
                self.due = timer.due if isinstance(timer, SetTimer) else None
        return self

    def wait(self, **duration: float) -> "Desk":
        until = self.now + timedelta(**duration)
        while self.due is not None and self.due <= until:
            self.now, self.due = self.due, None
            self.take(LetterDue())
        self.now = until
        return self


def test_the_lead_of_the_team_is_asked_to_decide_by_the_review() -> None:
    (mail,) = Desk(AT_WORK).take(alert()).mails

    assert (mail.recipient, mail.team, mail.contact) == (Owner.MANAGER, "ranking", None)
    assert subject(mail.letter) == (
        "By 2026-12-04: A merged change reaches production within six hours: "
        "off course since 2026-11-25"
    )
    text = body(mail.letter)
    assert "13.5 hours where 7.6 were expected" in text
    assert "Mend what slows it down, change the target, or accept the miss." in text
    assert "https://farhand.example.com/key-results/ranking-lead-time" in text


def test_a_team_without_a_lead_of_its_own_has_the_common_one() -> None:
    assert DIRECTORY.mailbox_in("search", Owner.MANAGER).address == "leads@farhand.localhost"
    assert DIRECTORY.mailbox_in("search", Owner.LEGAL) == DIRECTORY.legal


def test_at_night_it_waits_for_the_morning_and_says_why() -> None:
    desk = Desk(AT_NIGHT).take(alert())
    assert desk.mails == []

    (mail,) = desk.wait(days=4).mails

    assert mail.letter.written_at == datetime(2026, 11, 30, 12, 0, tzinfo=UTC)
    assert mail.letter.held is not None
    assert "America/Sao_Paulo" in mail.letter.held


def test_what_comes_back_before_the_morning_is_not_written_about() -> None:
    desk = Desk(AT_NIGHT).take(alert(), stands(KeyResultStatus.ON_COURSE)).wait(days=4)

    assert (desk.mails, desk.due) == ([], None)


@pytest.mark.parametrize("status", [KeyResultStatus.OFF_COURSE, KeyResultStatus.STALE])
def test_what_stays_off_course_is(status: KeyResultStatus) -> None:
    assert len(Desk(AT_NIGHT).take(alert(), stands(status)).wait(days=4).mails) == 1


def test_an_alert_and_its_repetition_are_two_letters_with_ids_of_their_own() -> None:
    again = alert(changed_at="2026-12-05T00:00:00Z")
    desk = Desk(AT_WORK).take(alert(), again)

    assert len({mail.letter_id for mail in desk.mails}) == 2


def test_the_receipt_is_told_once() -> None:
    desk = Desk(AT_WORK).take(alert())
    accepted = MailAccepted(letter_id=desk.mails[0].letter_id)

    assert desk.take(accepted, accepted).events == [
        KeyResultOwnerTold(
            key_result="ranking-lead-time",
            message_id=desk.mails[0].letter_id,
            recipient=Owner.MANAGER,
            told_at=AT_WORK,
        )
    ]


def test_a_letter_that_was_given_up_says_why() -> None:
    desk = Desk(AT_WORK).take(alert())
    mail = desk.mails[0]
    failed = EffectFailed(effect="SendMail", reason="550", body=mail.model_dump_json())

    (told,) = desk.take(failed, failed).events
    assert isinstance(told, KeyResultOwnerNotTold)
    assert (told.message_id, told.reason) == (mail.letter_id, "550")
