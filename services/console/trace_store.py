"""Zipkin, asked for the spans of a trace; where it is, and with which secret, stays here."""

from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

import httpx2

from services.console.trace import Waterfall, read_spans, waterfall
from services.console.wording import worded

TIMEOUT_SECONDS: Final = 2.0
NOT_FOUND: Final = 404


NONE_CONFIGURED: Final = worded("No trace store is configured: FARHAND_ZIPKIN says where one is.")
NO_TRACE: Final = worded("This hire has no trace yet.")
FORGOTTEN: Final = worded("The trace store does not keep this trace any more.")
AWAY: Final = worded("The trace store does not answer; the story tells all that happened.")


class TraceStoreError(Exception):
    """The trace cannot be shown now; `why` is for people, and never says where the store is."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True, slots=True)
class TraceStore:
    """A Zipkin server by its base address, which may hold a login."""

    http: httpx2.AsyncClient
    address: str

    async def look(self, trace: str | None) -> Waterfall:
        """A trace as drawn; raises TraceStoreError."""
        if not self.address:
            raise TraceStoreError(NONE_CONFIGURED)
        if trace is None:
            raise TraceStoreError(NO_TRACE)
        try:
            answer = await self.http.get(f"{self.address.rstrip('/')}/zipkin/api/v2/trace/{trace}")
            if answer.status_code == NOT_FOUND:
                raise TraceStoreError(FORGOTTEN)
            told: list[dict[str, Any]] = answer.raise_for_status().json()
            return waterfall(read_spans(told))
        except (httpx2.HTTPError, ValueError, TypeError, AttributeError):
            pass
        # Raised outside: the cause would hold the address.
        raise TraceStoreError(AWAY)

    def page_of(self, trace: str | None) -> str | None:
        """Where a person sees the trace in Zipkin itself, without any login of ours."""
        if trace is None or not self.address:
            return None
        parts = urlsplit(self.address)
        base = parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl().rstrip("/")
        return f"{base}/zipkin/traces/{trace}"
