"""SCIM 2.0 as a provider speaks it: accounts and groups found, made and changed, one request each.

Whatever goes wrong is said as `Transient`, to be tried again, or `Refused`, for a person to mend;
neither quotes what was sent. Accounts are found by `userName`, the one field that RFC 7643 makes
unique and that every provider tried can filter by: `externalId` finds nothing on some.
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final

import httpx2
from pydantic import TypeAdapter, ValidationError

from libs.common.contracts.values import HireId
from libs.common.decider import Refused
from libs.common.effects import Transient
from services.onboarding.identity.account import (
    Capabilities,
    ShownAccount,
    ShownGroup,
    user_name,
)

SECONDS: Final = 4.0
"""How long a request may take; a try has some of them and ends within its lease."""
CONFLICT: Final = 409
NOT_FOUND: Final = 404
MEDIA_TYPE: Final = "application/scim+json"
CORE: Final = "urn:ietf:params:scim:schemas:core:2.0"
PATCH: Final = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
NOBODY: Final = "w-nobody"
"""A name that no account has: whoever finds one by it ignores filters."""
WITHOUT_MEMBERS: Final = {"excludedAttributes": "members"}
LATER: Final = frozenset({401, 403, 404, 408, 412, 425, 429})
"""Answers that may be others soon: a token or a right that is being renewed, what somebody else
removed or changed meanwhile, too many requests; and every 5xx."""

Bodies = TypeAdapter(list[dict[str, Any]])


@dataclass(slots=True)
class Provider:
    """One identity provider; what it can do is asked once, when it is first needed."""

    http: httpx2.AsyncClient
    _capabilities: Capabilities | None = None
    _groups: dict[str, str] = field(default_factory=dict[str, str])

    @classmethod
    def at(cls, url: str, token: str) -> "Provider":
        """The provider whose SCIM endpoints begin with `url`."""
        headers = {"authorization": f"Bearer {token}", "accept": MEDIA_TYPE}
        return cls(httpx2.AsyncClient(base_url=url, headers=headers, timeout=SECONDS))

    async def find(self, hire_id: HireId) -> ShownAccount | None:
        """The account made for a hire; raises Refused where another's has its name."""
        await self._connect()
        name = user_name(hire_id)
        found = [ShownAccount.read(each) for each in await self._search("Users", _is(name))]
        mine = next((each for each in found if each.user_name.casefold() == name), None)
        if mine is not None and not mine.belongs_to(hire_id):
            raise Refused(
                f"the identity provider has an account {name} that Farhand did not make for this "
                "hire (its externalId is another); rename or remove it there, then retry"
            )
        return mine

    async def create(self, hire_id: HireId, body: Mapping[str, Any]) -> ShownAccount:
        """Make an account, or take up the hire's own if it was made meanwhile.

        An answer need not show what was made (RFC 7644, section 3.3): then it is looked for by its
        name, as the next try would.
        """
        made = await self._ask("POST", "Users", body, also={CONFLICT})
        found = _shown(made) or await self.find(hire_id)
        if found is not None:
            return found
        if made.status_code == CONFLICT:
            raise Refused(
                f"the identity provider says that {user_name(hire_id)} or one of its values is "
                "taken and shows no such account; look for the conflict there, then retry"
            )
        raise Transient("the identity provider does not find the account by its name yet")

    async def change(self, account: ShownAccount, values: Mapping[str, Any]) -> None:
        """Set attributes of an account, unless somebody else has changed it since it was read."""
        operations = [{"op": "replace", "path": name, "value": to} for name, to in values.items()]
        tagged = self._capabilities is not None and self._capabilities.etag.supported
        version = account.meta.version if tagged else None
        match = {"if-match": version} if version else {}
        await self._patch(f"Users/{account.id}", operations, match)

    async def delete(self, account: ShownAccount) -> None:
        """Remove an account for good, with all that it says of a person (RFC 7644, section 3.6)."""
        await self._ask("DELETE", f"Users/{account.id}", also={NOT_FOUND})

    async def groups_of(self, account: ShownAccount) -> dict[str, str]:
        """The ids of the groups that an account is in, by name."""
        found = await self._search("Groups", f'members.value eq "{account.id}"', WITHOUT_MEMBERS)
        groups = [_read_group(each) for each in found]
        return {group.name: group.id for group in groups}

    async def has_group(self, name: str) -> bool:
        """Whether there is a group of that name."""
        if name not in self._groups:
            found = await self._search("Groups", f'displayName eq "{name}"', WITHOUT_MEMBERS)
            ids = sorted(group.id for group in map(_read_group, found) if group.name == name)
            self._groups |= {name: ids[0]} if ids else {}
        return name in self._groups

    async def make_group(self, name: str) -> None:
        """Make a group, unless there is one of that name by now."""
        if not await self.has_group(name):
            body = {"schemas": [f"{CORE}:Group"], "displayName": name}
            await self._ask("POST", "Groups", body)

    async def join(self, account: ShownAccount, group: str) -> None:
        """Put an account into a group that there is."""
        if not await self.has_group(group):
            raise Transient(f"the identity provider does not find the group {group} yet")
        add = {"op": "add", "path": "members", "value": [{"value": account.id}]}
        # Known again only once this has worked: it may have been removed there.
        await self._patch(f"Groups/{(group_id := self._groups.pop(group))}", [add])
        self._groups[group] = group_id

    async def leave(self, account: ShownAccount, group_id: str) -> None:
        """Take an account out of a group."""
        remove = {"op": "remove", "path": f'members[value eq "{account.id}"]'}
        await self._patch(f"Groups/{group_id}", [remove])

    async def _connect(self) -> None:
        """Learn what the provider can do; raises Refused where that is not enough."""
        if self._capabilities is not None:
            return
        answer = await self._ask("GET", "ServiceProviderConfig")
        capabilities = _read(Capabilities, answer.json())
        lacking = [
            name for name in ("filter", "patch") if not getattr(capabilities, name).supported
        ]
        if lacking:
            raise Refused(f"the identity provider does not support {' and '.join(lacking)} of SCIM")
        if await self._search("Users", _is(NOBODY)):
            raise Refused("the identity provider ignores filters: no account can be told by it")
        self._capabilities = capabilities

    async def _search(
        self, endpoint: str, condition: str, parameters: Mapping[str, str] | None = None
    ) -> Sequence[dict[str, Any]]:
        asked = {"filter": condition, **(parameters or {})}
        answer = await self._ask("GET", endpoint, parameters=asked)
        body = answer.json()
        try:
            return Bodies.validate_python(body.get("Resources") or [])
        except (AttributeError, ValidationError):
            raise Transient("the identity provider's answer is no SCIM list") from None

    async def _patch(
        self,
        path: str,
        operations: Sequence[Mapping[str, Any]],
        headers: Mapping[str, str] | None = None,
    ) -> None:
        body = {"schemas": [PATCH], "Operations": operations}
        await self._ask("PATCH", path, body, parameters=WITHOUT_MEMBERS, headers=headers)

    async def _ask(
        self,
        method: str,
        path: str,
        body: Mapping[str, Any] | None = None,
        *,
        parameters: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        also: frozenset[int] | set[int] = frozenset(),
    ) -> httpx2.Response:
        """One request; `also` are statuses that the caller understands, beside those of success."""
        content_type = {"content-type": MEDIA_TYPE} if body is not None else {}
        try:
            answer = await self.http.request(
                *(method, path),
                json=body,
                params=parameters,
                headers={**content_type, **(headers or {})},
            )
        except httpx2.TransportError as error:
            raise Transient(
                f"the identity provider does not answer ({type(error).__name__})"
            ) from error
        if answer.is_success or answer.status_code in also:
            return answer
        raise _trouble(method, path.partition("/")[0], answer)


def _trouble(method: str, endpoint: str, answer: httpx2.Response) -> Transient | Refused:
    """What a failed request means; the provider's own words may quote a person and stay out."""
    status = answer.status_code
    says = f"the identity provider answered {status} to {method} {endpoint}"
    if status in (401, 403):
        says += "; is the secret scim_token right, and may it do this?"
    if status in LATER or answer.is_server_error:
        return Transient(says, retry_after=_retry_after(answer))
    return Refused(says)


def _retry_after(answer: httpx2.Response) -> timedelta | None:
    """How long the provider asks to be left alone, where it says so in seconds."""
    wait = answer.headers.get("retry-after", "")
    return timedelta(seconds=int(wait)) if wait.isascii() and wait.isdigit() else None


def _is(name: str) -> str:
    return f'userName eq "{name}"'


def _shown(answer: httpx2.Response) -> ShownAccount | None:
    """The account that an answer to its making shows, where it does."""
    with suppress(ValueError):
        return ShownAccount.read(answer.json()) if answer.is_success else None
    return None


def _read_group(body: Mapping[str, Any]) -> ShownGroup:
    return _read(ShownGroup, body)


def _read(model: Any, body: object) -> Any:
    try:
        return model.model_validate(body)
    except ValidationError as error:
        raise Transient("the identity provider's answer is not of SCIM's form") from error
