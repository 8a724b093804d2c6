"""How the demo counts the letters that people got."""

from collections import Counter
from dataclasses import dataclass
from typing import Final, Protocol

import httpx2

from farhand.embedded.mail_folder import MailFolder

PAGE: Final = 500


class Mails(Protocol):
    """The mails that were accepted."""

    async def counts(self) -> Counter[str]:
        """How often each Message-ID was accepted."""
        ...


@dataclass(frozen=True, slots=True)
class InFolder:
    """The mails of the embedded mail box."""

    folder: MailFolder

    async def counts(self) -> Counter[str]:
        """As its log tells it."""
        return self.folder.counts()


@dataclass(frozen=True, slots=True)
class InMailpit:
    """The mails of a Mailpit, by its API."""

    http: httpx2.AsyncClient
    url: str

    async def counts(self) -> Counter[str]:
        """Page by page, the newest first."""
        found: Counter[str] = Counter()
        while True:
            params = {"start": str(found.total()), "limit": str(PAGE)}
            answer = await self.http.get(f"{self.url}/api/v1/messages", params=params)
            mails = answer.raise_for_status().json()["messages"]
            found.update(mail["MessageID"] for mail in mails)
            if len(mails) < PAGE:
                return found
