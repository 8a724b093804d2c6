"""Requests to BambooHR's API, and what its answers mean for whoever asked.

Source: BambooHR developer documentation, "Getting Started" (the API key is the user of basic
authentication), "Throttling" (503 and `Retry-After`), "Get Employee", "Get Changed Employee IDs".
"""

from datetime import datetime, timedelta
from typing import Final

import httpx2

from libs.common.decider import Refused
from libs.common.effects import Transient
from libs.common.settings import Settings, SettingsError
from services.onboarding.bamboohr.employee import FIELDS
from services.onboarding.bamboohr.settings import API_KEY, BambooSettings

TIMEOUT_SECONDS: Final = 15.0
LONGEST_WAIT: Final = timedelta(hours=1)
"""What a server may make us wait at most, whatever it says."""

_NOT_FOUND: Final = 404
_TURNED_AWAY: Final = frozenset({401, 403})
_BUSY: Final = frozenset({408, 425, 429})
_LARGEST_ANSWER: Final = 4 * 1024 * 1024


class BambooClient:
    """BambooHR's API under one base URL; each request reads the key anew."""

    def __init__(self, bamboo: BambooSettings, settings: Settings) -> None:
        self._url = bamboo.url.rstrip("/")
        self._settings = settings
        # Made once: it reads every certificate, and nothing else runs meanwhile.
        self._tls = httpx2.create_ssl_context()

    async def employee(self, employee_id: str, *, ahead: bool) -> bytes | None:
        """One employee as JSON; None if there is no such one.

        With `ahead`, values that take effect later count already. Raises Transient and Refused.
        """
        query = {"fields": ",".join(FIELDS), "onlyCurrent": "false" if ahead else "true"}
        return await self._get(f"/employees/{employee_id}", query)

    async def changed_since(self, since: datetime) -> bytes:
        """Who was added, changed or deleted since a moment, as JSON; raises Transient, Refused."""
        query = {"since": since.isoformat(timespec="seconds")}
        answer = await self._get("/employees/changed", query)
        if answer is None:
            raise Refused(f"there is no BambooHR under {self._url}; correct FARHAND_BAMBOOHR_URL")
        return answer

    async def _get(self, path: str, query: dict[str, str]) -> bytes | None:
        if not self._url:
            raise Refused("BambooHR is not set up: set FARHAND_BAMBOOHR_URL, then fetch again")
        headers = {"accept": "application/json"}
        try:
            auth = (self._settings.secret(API_KEY), "x")
            async with httpx2.AsyncClient(
                auth=auth, timeout=TIMEOUT_SECONDS, trust_env=False, verify=self._tls
            ) as http:
                answer = await http.get(self._url + path, params=query, headers=headers)
        except SettingsError as error:
            raise Refused(str(error)) from None
        except httpx2.HTTPError as error:
            raise Transient(f"BambooHR does not answer ({type(error).__name__})") from None
        return _body_of(answer)


def _body_of(answer: httpx2.Response) -> bytes | None:
    status = answer.status_code
    if status == _NOT_FOUND:
        return None
    if status in _TURNED_AWAY:
        raise Refused(
            f"BambooHR answers {status}: put an API key that may see employees into {API_KEY}"
        )
    if status in _BUSY or answer.is_server_error:
        raise Transient(f"BambooHR answers {status}", _retry_after(answer))
    if not answer.is_success:
        raise Refused(f"BambooHR answers {status}; see whether FARHAND_BAMBOOHR_URL is right")
    if len(answer.content) > _LARGEST_ANSWER:
        raise Refused(f"BambooHR's answer has more than {_LARGEST_ANSWER} bytes")
    return answer.content


def _retry_after(answer: httpx2.Response) -> timedelta | None:
    """Seconds that the server asks to wait; None where it does not say, or names a date."""
    text = answer.headers.get("retry-after", "")
    if not text.isascii() or not text.isdigit() or len(text) > len("100000"):
        return None
    return min(timedelta(seconds=int(text)), LONGEST_WAIT)
