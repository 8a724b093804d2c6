"""The identity adapter: ensure, observe and revoke the account of a hire, over SCIM 2.0.

The account's name derives from the hire, so each call begins by looking for it: what was done and
not recorded, before a crash, is found and gone on with, and nobody ever gets a second account. The
table `identity_account` says which period holds; its row is locked while the provider is spoken to,
so that a process that wakes up late finds out that its turn is over before it gives access.
"""

import asyncio
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Final

from libs.common.contracts.values import HireId
from libs.common.database import Connection, Pool
from libs.common.decider import Refused
from libs.common.effects import Call, Transient
from libs.common.sealing import ErasedError, Vault
from services.onboarding.access import Access
from services.onboarding.identity import account_store
from services.onboarding.identity.account import MANAGED, ShownAccount, changes, wanted
from services.onboarding.identity.messages import (
    EnsureIdentity,
    IdentityGone,
    IdentityReady,
    RevokeIdentity,
)
from services.onboarding.identity.provider import Provider

AT_ONCE: Final = 3
"""How many accounts a process works on at a time: each holds a connection to the database."""
NO_PROVIDER: Final = (
    "no identity provider is configured: set FARHAND_SCIM to its SCIM 2.0 address, put its token "
    "into the secret scim_token, start onboarding anew, then retry"
)


@dataclass(frozen=True, slots=True)
class Identities:
    """The accounts of one identity provider; `provider` is None where none is configured."""

    pool: Pool
    vault: Vault
    provider: Provider | None
    _turns: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))

    async def ensure(self, effect: EnsureIdentity, _call: Call) -> IdentityReady:
        """Give the hire an active account in just its groups, and read that back.

        Raises Refused where the period is over, the person erased or the name another's; Transient
        where the provider does not answer, or does not show it yet.
        """
        provider, hire_id = self._configured(), effect.hire_id
        body = wanted(effect, await self._open(effect.worker))
        async with self._turn() as conn:
            if not await account_store.grant(conn, hire_id, effect.period, effect.groups):
                raise Refused(
                    f"period {effect.period} of this hire's account is over; "
                    "to grant access again, ask with a higher period"
                )
            account = await provider.find(hire_id)
            joined = await provider.groups_of(account) if account else {}
            account = account or await provider.create(hire_id, body)
            if differs := changes(body, account):
                await provider.change(account, differs)
            await _settle_groups(provider, conn, account, joined, frozenset(effect.groups))
            if await self.observe(hire_id, conn) is not Access.OPEN:
                raise Transient("the identity provider does not show the account as it shall be")
        return IdentityReady(
            hire_id=hire_id, period=effect.period, wish=effect.wish, account=account.id
        )

    async def revoke(self, effect: RevokeIdentity, _call: Call) -> IdentityGone:
        """Deactivate the hire's account and take it out of every group, and read that back.

        Raises Transient where the provider does not answer, or still shows access.
        """
        provider, hire_id = self._configured(), effect.hire_id
        gone = IdentityGone(hire_id=hire_id, period=effect.period)
        async with self._turn() as conn:
            if not await account_store.revoke(conn, hire_id, effect.period):
                return gone  # a later period was granted, and holds
            account = await provider.find(hire_id)
            if account is None:
                return gone
            if account.active:
                await provider.change(account, {"active": False})
            for group_id in (await provider.groups_of(account)).values():
                await provider.leave(account, group_id)
            if await self.observe(hire_id, conn) is not Access.CLOSED:
                raise Transient("the identity provider still shows access")
        return gone

    async def forget(self, hire_id: HireId) -> str:
        """Remove the account of somebody without access, and read that back; says what is seen.

        Raises Refused where access is granted, Transient where the provider still shows it.
        """
        async with self._turn() as conn:
            if await account_store.granted_groups(conn, hire_id) is not None:
                raise Refused("the account of this hire is not revoked")
            if self.provider is None:
                return "no identity provider is configured"
            account = await self.provider.find(hire_id)
            if account is None:
                return "there is no account"
            await self.provider.delete(account)
            if await self.provider.find(hire_id) is not None:
                raise Transient("the identity provider still shows the account")
        return "the account was deleted and is found no more"

    async def observe(self, hire_id: HireId, conn: Connection | None = None) -> Access:
        """Whether the hire has access, as the table and the provider say."""
        groups = await account_store.granted_groups(conn or self.pool, hire_id)
        provider = self._configured()
        account = await provider.find(hire_id)
        shown = frozenset[str]() if account is None else await _groups(provider, account)
        active = account is not None and account.active
        if groups is None:
            return Access.BETWEEN if active or shown else Access.CLOSED
        ours = frozenset(name for name in shown if name.startswith(MANAGED))
        return Access.OPEN if active and ours == groups else Access.BETWEEN

    @asynccontextmanager
    async def _turn(self) -> AsyncGenerator[Connection]:
        async with self._turns, self.pool.acquire() as conn, conn.transaction():
            yield conn

    def _configured(self) -> Provider:
        if self.provider is None:
            raise Refused(NO_PROVIDER)
        return self.provider

    async def _open(self, worker: str) -> Mapping[str, Any]:
        try:
            return await self.vault.open(worker)
        except ErasedError as error:
            raise Refused("the person's data was erased: no account can be made of it") from error


async def _groups(provider: Provider, account: ShownAccount) -> frozenset[str]:
    return frozenset(await provider.groups_of(account))


async def _settle_groups(
    provider: Provider,
    conn: Connection,
    account: ShownAccount,
    joined: Mapping[str, str],
    groups: frozenset[str],
) -> None:
    """Join what is missing of `groups`, and leave those of ours that are no longer meant."""
    for name in sorted(groups - joined.keys()):
        if not await provider.has_group(name):
            await account_store.take_turn(conn)
            await provider.make_group(name)
        await provider.join(account, name)
    for name in sorted(joined.keys() - groups):
        if name.startswith(MANAGED):
            await provider.leave(account, joined[name])
