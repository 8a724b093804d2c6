"""A toy service for tests of the kernel: an account that is credited, told over, and closed."""

import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from libs.common.database import Connection
from libs.common.decider import CancelTimer, Decider, Decision, Refused, SetTimer
from libs.common.effects import Adapter, Call, Transient, adapter
from libs.common.intake import Delivery, Unauthorized, Unreadable
from libs.common.message import Command, Effect, EffectFailed, Event, Reply, Timer
from libs.common.projection import Received, projection
from libs.common.service import FrontDoor, Service, Tools

POISON = 13
"""An amount that the decision does not survive."""

UNPROJECTABLE = 14
"""An amount that the projection does not survive."""


class Credited(Event, name="account.credited.v1", subject="account"):
    """An amount came in from outside the toy."""

    account: UUID
    amount: int
    note: str = ""

    example = {"account": "0b8f6c1e-5d0a-5e43-9a51-2f6f0c0a7b11", "amount": 5}


class Balanced(Event, name="account.balanced.v1", subject="account"):
    """The balance after a credit."""

    account: UUID
    balance: int

    example = {"account": "0b8f6c1e-5d0a-5e43-9a51-2f6f0c0a7b11", "balance": 5}


class Counted(Event, name="account.counted.v1", subject="account"):
    """The projection has seen so many credits of the account."""

    account: UUID
    credits: int

    example = {"account": "0b8f6c1e-5d0a-5e43-9a51-2f6f0c0a7b11", "credits": 1}


class Close(Command):
    """Close the account if nothing is on it."""


class PayOut(Command):
    """Send the balance out."""

    amount: int


class Deposit(Command):
    """An amount was handed in at the desk; who did is sealed."""

    account: UUID
    amount: int
    by: str


class Reminder(Timer):
    """Look at the account again."""


class Transfer(Effect):
    """Move money, once."""

    lane = "bank"
    attempts = 3
    amount: int


class Transferred(Reply):
    """The bank took it."""

    amount: int


class Account(BaseModel):
    """What is on it, and what happened to it."""

    model_config = ConfigDict(frozen=True)

    balance: int = 0
    notes: tuple[str, ...] = ()
    closed: bool = False


account = Decider("account", Account, one_trace=True)


@account.on(Credited)
def credit(state: Account | None, event: Credited, now: datetime) -> Decision[Account]:
    if event.amount == POISON:
        raise ZeroDivisionError("a secret that must not leak")
    before = state or Account()
    after = before.model_copy(
        update={"balance": before.balance + event.amount, "notes": (*before.notes, event.note)}
    )
    return Decision(
        after,
        emit=(Balanced(account=event.account, balance=after.balance),),
        timers=(SetTimer(now + timedelta(days=1), Reminder()),),
    )


@account.on(Reminder)
def remind(state: Account | None, _timer: Reminder, _now: datetime) -> Decision[Account]:
    after = state or Account()
    return Decision(after.model_copy(update={"notes": (*after.notes, "reminded")}))


@account.on(Close)
def close(state: Account | None, _command: Close, _now: datetime) -> Decision[Account]:
    if state is None or state.balance:
        raise Refused("there is money on the account; pay it out first")
    return Decision(state.model_copy(update={"closed": True}), timers=(CancelTimer(Reminder),))


@account.on(Deposit)
def deposit(state: Account | None, command: Deposit, _now: datetime) -> Decision[Account]:
    before = state or Account()
    after = before.model_copy(update={"balance": before.balance + command.amount})
    return Decision(after, emit=(Balanced(account=command.account, balance=after.balance),))


@account.on(PayOut)
def pay_out(state: Account | None, command: PayOut, _now: datetime) -> Decision[Account]:
    return Decision(state, effects=(Transfer(amount=command.amount),))


@account.on(Transferred)
def transferred(state: Account | None, reply: Transferred, _now: datetime) -> Decision[Account]:
    after = state or Account()
    return Decision(after.model_copy(update={"balance": after.balance - reply.amount}))


@account.on(EffectFailed)
def transfer_failed(
    state: Account | None, reply: EffectFailed, _now: datetime
) -> Decision[Account]:
    after = state or Account()
    return Decision(after.model_copy(update={"notes": (*after.notes, f"failed: {reply.reason}")}))


CREDITS_TABLE = "create table credits (account uuid primary key, credits int not null)"


@projection("credits", Credited)
async def count_credits(conn: Connection, batch: Sequence[Received[Credited]]) -> Sequence[Event]:
    if any(each.message.amount == UNPROJECTABLE for each in batch):
        raise ValueError("a secret that must not leak")
    counted: list[Event] = []
    for each in batch:
        seen = await conn.fetchval(
            """
            insert into credits values ($1, 1)
            on conflict (account) do update set credits = credits.credits + 1
            returning credits
            """,
            each.message.account,
        )
        counted.append(Counted(account=each.message.account, credits=seen))
    return counted


class Bank:
    """The outside world: it remembers what it was asked, and can be made to fail."""

    def __init__(self) -> None:
        self.transfers: dict[str, int] = {}
        self.calls = 0
        self.failures = 0

    async def transfer(self, effect: Transfer, call: Call) -> Reply:
        self.calls += 1
        if self.calls <= self.failures:
            raise Transient("the bank is busy")
        self.transfers.setdefault(call.idempotency_key, effect.amount)
        return Transferred(amount=effect.amount)

    def adapters(self, _tools: Tools) -> Sequence[Adapter]:
        return (adapter(Transfer, self.transfer),)


DESK_TOPIC = "farhand.in.desk"


class Desk:
    """A sender of signed deliveries: `{"deposits": [{"account", "amount", "by"}]}`."""

    name = "desk"
    accepted_status = 200

    def verify(self, delivery: Delivery, secrets: Sequence[str], now: datetime) -> None:
        sent_at = datetime.fromisoformat(delivery.header("x-sent-at"))
        if abs(now - sent_at) > timedelta(minutes=5):
            raise Unauthorized("x-sent-at is more than five minutes off")
        given = delivery.header("x-signature")
        if not any(hmac.compare_digest(given, signature(s, delivery.body)) for s in secrets):
            raise Unauthorized("x-signature is not that of the body")

    def delivery_id(self, delivery: Delivery) -> str:
        return delivery.headers.get("x-id", "")

    def read(self, body: bytes) -> Sequence[Mapping[str, Any]]:
        try:
            deposits = json.loads(body)["deposits"]
        except (ValueError, KeyError, TypeError) as error:
            raise Unreadable("the body must be a JSON object with deposits") from error
        return [deposit for deposit in deposits if deposit["amount"]]


def signature(secret: str, body: bytes) -> str:
    return hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


async def admit_deposit(said: Mapping[str, Any], tools: Tools) -> tuple[str, Command]:
    by = await tools.vault.seal(said["account"], {"by": said["by"]})
    return said["account"], Deposit(account=said["account"], amount=said["amount"], by=by)


def ledger(bank: Bank | None = None, *, decider: Decider[Account] = account) -> Service:
    return Service(
        "ledger",
        "A toy ledger",
        deciders=(decider,),
        projections=(count_credits,),
        adapters=(bank or Bank()).adapters,
    )


def ledger_with_desk(topic: str | None = None) -> Service:
    return Service(
        "ledger",
        "A toy ledger with a desk",
        deciders=(account,),
        front_doors=(FrontDoor(Desk(), admit_deposit, topic),),
    )
