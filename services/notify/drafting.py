"""From asks to letters: who reads an ask, which letter it joins, and when that letter goes out."""

from dataclasses import dataclass
from datetime import datetime

from libs.common.contracts.notify import MessageHeld, MessageWritten, Urgency
from libs.common.contracts.values import Owner
from libs.common.decider import CancelTimer, Decision, SetTimer
from libs.common.ids import derived
from services.notify.asks import CANCELLED, stand_in
from services.notify.civil_time import end_of, zone_or_utc
from services.notify.directory import ROLES, Directory
from services.notify.letter import ASK_LIMIT, Ask, Letter, one_line, pressing_first
from services.notify.messages import LetterDue, SendMail
from services.notify.model import Correspondence, Draft
from services.notify.rounds import OF_A_MAILBOX, OF_A_PERSON, departure
from services.notify.working_hours import Opening, WorkingHours, next_opening, standard_hours


@dataclass(frozen=True, slots=True)
class Drafting:
    """Drafts the letters of one company; the directory says who is where."""

    directory: Directory

    def reader_of(self, state: Correspondence, owner: Owner) -> Owner:
        """Who reads what is meant for an owner: HR for those whose contact is not known."""
        contacts = state.contacts
        if owner is Owner.WORKER and contacts is None:
            return Owner.HR
        if owner is Owner.MANAGER and (contacts is None or contacts.manager is None):
            return Owner.HR
        return owner

    def hours_of(self, state: Correspondence, owner: Owner) -> WorkingHours:
        """When an owner is at work; the manager is taken to be where the hire is."""
        reader = self.reader_of(state, owner)
        if state.contacts is not None and reader in (Owner.WORKER, Owner.MANAGER):
            zone = zone_or_utc(state.contacts.timezone)
            return standard_hours(zone, state.contacts.jurisdiction)
        return self.directory.mailbox(reader).working_hours

    def tell(self, state: Correspondence, ask: Ask, reader: Owner, now: datetime) -> Correspondence:
        """With an ask in the waiting letter to a reader, or in a new one."""
        if ask.of is not reader and self.reader_of(state, ask.of) is reader:
            ask = stand_in(ask)
        urgent = ask.urgency is Urgency.INCIDENT
        opening = self.departure(state, reader, (ask,), now)
        draft = state.draft_for(reader, urgent=urgent)
        if draft is not None:
            sooner = min(draft.due, opening.not_before)
            return state.with_draft(draft.put(ask).evolve(due=sooner))
        letter_id = derived("letter", state.hire_id, reader, state.count)
        draft = Draft(id=letter_id, reader=reader, asks=(ask,), due=opening.not_before)
        return state.evolve(count=state.count + 1).with_draft(hold(draft, opening))

    def departure(
        self, state: Correspondence, reader: Owner, asks: tuple[Ask, ...], now: datetime
    ) -> Opening:
        """When asks may go out to a reader: at once if urgent, else with the rounds of the day."""
        hours = self.hours_of(state, reader)
        if any(ask.urgency is Urgency.INCIDENT for ask in asks):
            return next_opening(now, hours, urgent=True)
        rounds = OF_A_MAILBOX if self.reader_of(state, reader) in ROLES else OF_A_PERSON
        deadlines = [
            end_of(ask.due_on, zone_or_utc(ask.zone)) for ask in asks if ask.due_on is not None
        ]
        ahead = (deadline for deadline in deadlines if deadline > now)
        return departure(now, hours, rounds, min(ahead, default=None))

    def reopen(self, state: Correspondence, now: datetime) -> Correspondence:
        """With every held letter due by the hours of its reader as they are known now."""
        for draft in state.drafts:
            if draft.held is not None:
                opening = self.departure(state, draft.reader, draft.asks, now)
                state = state.with_draft(draft.evolve(due=opening.not_before))
        return state

    def post(self, state: Correspondence, draft: Draft, now: datetime) -> Decision[Correspondence]:
        """File a letter in the inbox, and hand it to the mail adapter or to the next digest."""
        recipient = self.reader_of(state, draft.reader)
        contacts = state.contacts
        letter = self._letter(state, draft, recipient, now)
        worker = contacts.worker if contacts and recipient is not Owner.WORKER else None
        in_digest = recipient in ROLES and not draft.urgent
        farewell = any(ask.topic == CANCELLED for ask in draft.asks)
        after = state.with_posted(draft, recipient, now, farewell=farewell)
        written = MessageWritten(
            hire_id=state.hire_id,
            message_id=draft.id,
            recipient=recipient,
            in_digest=in_digest,
            worker=worker if in_digest else None,
            **dict(letter),
        )
        if in_digest:
            return Decision(after, emit=(written,))
        sealed = (
            {Owner.WORKER: contacts.worker, Owner.MANAGER: contacts.manager} if contacts else {}
        )
        effect = SendMail(
            letter_id=draft.id,
            recipient=recipient,
            contact=sealed.get(recipient),
            worker=worker,
            letter=letter,
        )
        return Decision(after, emit=(written,), effects=(effect,))

    def _letter(
        self, state: Correspondence, draft: Draft, recipient: Owner, now: datetime
    ) -> Letter:
        contacts = state.contacts
        about = (
            f"{contacts.role}, starts on {contacts.starts_on}"
            if contacts
            else f"hire {state.hire_id}"
        )
        return Letter(
            reader=recipient,
            zone=self.hours_of(state, recipient).zone.key,
            written_at=now,
            asks=pressing_first(draft.asks),
            about=one_line("the law packs" if state.about_law else about, ASK_LIMIT),
            link=self.directory.law_page()
            if state.about_law
            else self.directory.hire_page(state.hire_id),
            held=draft.held and f"{draft.held} ({draft.rule})",
        )


def hold(draft: Draft, opening: Opening) -> Draft:
    """The draft with the reason for which it is held, if it is; the first reason stays."""
    if not opening.held or draft.held is not None:
        return draft
    return draft.evolve(held=opening.reason, rule=opening.rule)


def settle(before: Correspondence | None, after: Correspondence) -> Decision[Correspondence]:
    """What follows from drafts that were begun, moved or taken away: timers and notices of hold."""
    old = {draft.id: draft for draft in before.drafts} if before else {}
    left = old.keys() - {draft.id for draft in after.drafts}
    timers: list[SetTimer | CancelTimer] = [
        CancelTimer(LetterDue, slot=str(draft_id)) for draft_id in old if draft_id in left
    ]
    held: list[MessageHeld] = []
    for draft in after.drafts:
        known = old.get(draft.id)
        if known is None or known.due != draft.due:
            timers.append(SetTimer(draft.due, LetterDue(slot=str(draft.id))))
        if draft.held and draft.rule and (known is None or known.held is None):
            held.append(
                MessageHeld(
                    hire_id=after.hire_id,
                    message_id=draft.id,
                    recipient=draft.reader,
                    not_before=draft.due,
                    reason=draft.held,
                    rule=draft.rule,
                )
            )
    return Decision(after, emit=tuple(held), timers=tuple(timers))
