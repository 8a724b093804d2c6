"""Perform effects: leased, bounded in time, retried with back-off, answered once."""

import asyncio
import logging
import random
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from opentelemetry.trace import NonRecordingSpan, use_span
from pydantic import ValidationError

from libs.common import effect_queue, telemetry
from libs.common.clock import Clock
from libs.common.cloudevents import storable
from libs.common.database import TRANSIENT, Pool
from libs.common.decider import Refused
from libs.common.effect_queue import LEASE, Leased
from libs.common.effects import Adapter, Call, Transient
from libs.common.engine import Engine
from libs.common.fold import describe
from libs.common.inbound import EffectClaim, Inbound
from libs.common.json_bytes import json_bytes
from libs.common.message import EffectFailed, Reply
from libs.common.spans import Spans

log = logging.getLogger(__name__)

CONCURRENT: Final = 16
MOST_CLAIMED: Final = 500
"""So many effects are leased at most, where tries are so quick that their turn comes at once."""
SOON_SECONDS: Final = 0.5
IDLE_SECONDS: Final = 0.25
TRY_SECONDS: Final = LEASE.total_seconds() * 0.8
TURN_SECONDS: Final = LEASE.total_seconds() - TRY_SECONDS
"""How long an effect may wait for its turn: later, its lease could end during the try."""
FIRST_WAIT: Final = timedelta(milliseconds=500)
LONGEST_WAIT: Final = timedelta(minutes=5)
MAX_REASON: Final = 1_000


def back_off(attempt: int) -> timedelta:
    """How long to wait after the given try, before jitter: doubling, up to five minutes."""
    return min(FIRST_WAIT * 2 ** min(attempt - 1, 16), LONGEST_WAIT)


def _checked(reply: object) -> Reply:
    """What an adapter returned, if it can be told to a decider; raises what the adapter did wrong.

    Found out here, it fails one try; later, it would fail the batch that the reply is part of.
    """
    if not isinstance(reply, Reply):
        raise TypeError(f"the adapter returned {type(reply).__name__} in place of a reply")
    json_bytes(reply)
    return reply


@dataclass(slots=True)
class EffectLoop:
    """One process's share of the effects."""

    service: str
    pool: Pool
    engine: Engine
    clock: Clock
    spans: Spans
    adapters: Sequence[Adapter]
    wake: asyncio.Event = field(default_factory=asyncio.Event)
    _turns: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(CONCURRENT))
    _stopping: bool = False
    _window: int = CONCURRENT
    _under_way: int = 0

    async def run(self) -> None:
        """Claim and perform until told to stop, then finish the tries under way.

        A try that is cut off all the same is repeated, under its key, by whoever leases it next.
        """
        async with asyncio.TaskGroup() as tries:
            while self.adapters and not self._stopping:
                self.wake.clear()
                room = 0 if self.engine.stopped else max(0, self._window - self._under_way)
                leased = await self._claim(room)
                self._under_way += len(leased)
                claimed = time.monotonic()
                for each in leased:
                    tries.create_task(self._try(each, claimed))
                if len(leased) < max(room, 1):  # nothing more may be tried now
                    await self._rest()

    def stop(self) -> None:
        """Claim nothing more."""
        self._stopping = True
        self.wake.set()

    async def _claim(self, room: int) -> list[Leased]:
        types = [adapter.effect.type for adapter in self.adapters]
        with suppress(*TRANSIENT):
            return await effect_queue.claim(self.pool, types, room) if room else []
        return []

    async def _rest(self) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self.wake.wait(), IDLE_SECONDS)

    async def _try(self, leased: Leased, claimed: float) -> None:
        try:
            outcome, traceparent = await self._in_turn(leased, claimed)
            if outcome is None:
                await effect_queue.give_back(self.pool, leased.id, leased.attempt)
            else:
                await self._settle(leased, outcome, traceparent)
        except TRANSIENT as error:
            log.warning("an effect was given up for now: %s", type(error).__name__)
        except Exception:
            log.exception("an effect could not be settled; it is tried again after its lease")

    async def _in_turn(
        self, leased: Leased, claimed: float
    ) -> tuple[Reply | Transient | None, str | None]:
        """Try it once there is a turn; None if that came too late.

        How many are leased is a window, as of TCP: it grows with each try that is done soon, and
        is halved by one that is not, so that an effect seldom waits while others could try it.
        """
        try:
            async with self._turns:
                if self._stopping or time.monotonic() - claimed > TURN_SECONDS:
                    return None, None
                return await self._traced(leased)
        finally:
            soon = time.monotonic() - claimed < SOON_SECONDS
            wider, narrower = self._window + 1, self._window // 2
            self._window = min(wider, MOST_CLAIMED) if soon else max(narrower, CONCURRENT)
            self._under_way -= 1
            self.wake.set()

    async def _traced(self, leased: Leased) -> tuple[Reply | Transient, str | None]:
        span = self.spans.open_effect(leased)
        with use_span(NonRecordingSpan(span.context), record_exception=False):
            outcome = await self._perform(leased)
        self.spans.close(span, trouble=str(outcome) if isinstance(outcome, Transient) else None)
        return outcome, span.traceparent

    async def _perform(self, leased: Leased) -> Reply | Transient:
        adapter = next(each for each in self.adapters if each.effect.type == leased.type)
        call = Call(str(leased.id), leased.attempt, leased.key, self.clock.now())
        try:
            effect = adapter.effect.model_validate_json(leased.body)
            async with asyncio.timeout(TRY_SECONDS):
                return _checked(await adapter.perform(effect, call))
        except Refused as refusal:
            return self._failed(leased, str(refusal))
        except ValidationError as error:
            return self._failed(
                leased, f"the effect cannot be read: {describe(error, adapter.effect)}"
            )
        except Transient as transient:
            trouble = transient
        except TimeoutError:
            trouble = Transient(f"no answer within {TRY_SECONDS:.0f} s")
        except Exception as error:
            log.exception("an adapter raised")
            trouble = Transient(f"the adapter raised {type(error).__name__}")
        if leased.attempt >= adapter.effect.attempts:
            return self._failed(leased, f"gave up after {leased.attempt} tries: {trouble}")
        return trouble

    @staticmethod
    def _failed(leased: Leased, reason: str) -> EffectFailed:
        reason = storable(reason, MAX_REASON)
        return EffectFailed(effect=leased.type, reason=reason, body=leased.body.decode())

    async def _settle(
        self, leased: Leased, outcome: Reply | Transient, traceparent: str | None
    ) -> None:
        name = type(outcome).__name__.lower()
        telemetry.EFFECTS.labels(self.service, leased.type, name).inc()
        if isinstance(outcome, Transient):
            jitter = random.uniform(0.5, 1)  # noqa: S311
            wait = max(back_off(leased.attempt) * jitter, outcome.retry_after or timedelta())
            reason = storable(str(outcome), MAX_REASON)
            await effect_queue.postpone(self.pool, leased.id, leased.attempt, wait, reason)
            return
        reply = Inbound(
            id=f"{leased.id}#reply",
            type=outcome.type,
            source="effect",
            key=leased.key,
            body=json_bytes(outcome),
            recorded_at=self.clock.now(),
            origin=f"reply to {leased.type}, try {leased.attempt}",
            traceparent=traceparent,
            decider=leased.decider,
            claim=EffectClaim(leased.id),
            parsed=outcome,
        )
        await self.engine.submit([reply])
