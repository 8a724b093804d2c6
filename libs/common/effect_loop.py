"""Perform effects: leased, bounded in time, retried with back-off, answered once."""

import asyncio
import logging
import random
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from opentelemetry.trace import (
    NonRecordingSpan,
    SpanKind,
    Status,
    StatusCode,
    Tracer,
    set_span_in_context,
    use_span,
)
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
from libs.common.message import EffectFailed, Reply
from libs.common.tracing import read_traceparent, write_traceparent

log = logging.getLogger(__name__)

CONCURRENT: Final = 16
IDLE_SECONDS: Final = 0.25
TRY_SECONDS: Final = LEASE.total_seconds() * 0.8
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
    reply.model_dump_json()
    return reply


@dataclass(slots=True)
class EffectLoop:
    """One process's share of the effects."""

    service: str
    pool: Pool
    engine: Engine
    clock: Clock
    tracer: Tracer
    adapters: Sequence[Adapter]
    wake: asyncio.Event = field(default_factory=asyncio.Event)
    _stopping: bool = False
    _under_way: int = 0

    async def run(self) -> None:
        """Claim and perform until told to stop, then finish the tries under way.

        A try that is cut off all the same is repeated, under its key, by whoever leases it next.
        """
        async with asyncio.TaskGroup() as tries:
            while self.adapters and not self._stopping:
                for leased in await self._claim():
                    self._under_way += 1
                    tries.create_task(self._try(leased))

    def stop(self) -> None:
        """Claim nothing more."""
        self._stopping = True
        self.wake.set()

    async def _claim(self) -> list[Leased]:
        """No more than can be tried at once: a lease that waits for its turn runs out."""
        self.wake.clear()
        free = 0 if self.engine.stopped else CONCURRENT - self._under_way
        types = [adapter.effect.type for adapter in self.adapters]
        leased: list[Leased] = []
        with suppress(*TRANSIENT):
            leased = await effect_queue.claim(self.pool, types, free) if free else []
        if not leased:
            with suppress(TimeoutError):
                await asyncio.wait_for(self.wake.wait(), IDLE_SECONDS)
        return leased

    async def _try(self, leased: Leased) -> None:
        try:
            await self._traced(leased)
        except TRANSIENT as error:
            log.warning("an effect was given up for now: %s", type(error).__name__)
        except Exception:
            log.exception("an effect could not be settled; it is tried again after its lease")
        finally:
            self._under_way -= 1
            self.wake.set()

    async def _traced(self, leased: Leased) -> None:
        cause = read_traceparent(leased.traceparent)
        context = None if cause is None else set_span_in_context(NonRecordingSpan(cause))
        span = self.tracer.start_span(
            leased.type,
            context=context,
            kind=SpanKind.CLIENT,
            attributes={"subject": leased.key, "attempt": leased.attempt},
        )
        with use_span(
            span, end_on_exit=True, record_exception=False, set_status_on_exception=False
        ):
            outcome = await self._perform(leased)
            if isinstance(outcome, Transient):
                span.set_status(Status(StatusCode.ERROR, str(outcome)))
        traceparent = write_traceparent(span.get_span_context()) or leased.traceparent
        await self._settle(leased, outcome, traceparent)

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
            body=outcome.model_dump_json().encode(),
            recorded_at=self.clock.now(),
            origin=f"reply to {leased.type}, try {leased.attempt}",
            traceparent=traceparent,
            decider=leased.decider,
            claim=EffectClaim(leased.id),
            parsed=outcome,
        )
        await self.engine.submit([reply])
