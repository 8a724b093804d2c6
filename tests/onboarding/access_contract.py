"""What every adapter of access keeps: ensure, observe and revoke, however often and in what order.

A test of an adapter subclasses `AccessContract` as `Test…` and gives its `access` fixture.
"""

import asyncio
from collections.abc import Hashable
from typing import Protocol
from uuid import UUID

import pytest

from libs.common import ids
from libs.common.decider import Refused
from services.onboarding.access import Access

NOOR, ANA = ids.derived("test", "noor"), ids.derived("test", "ana")


class AccessAdapter(Protocol):
    """One adapter, asked as the journey asks it."""

    async def ensure(self, hire_id: UUID, period: int) -> Hashable:
        """Give access; what is returned tells one grant from another."""
        ...

    async def observe(self, hire_id: UUID) -> Access: ...

    async def revoke(self, hire_id: UUID, period: int) -> None: ...

    async def ensure_half_way(self, hire_id: UUID, period: int) -> None:
        """Begin to give access, and die between the two places that have to know of it."""
        ...

    async def revoke_half_way(self, hire_id: UUID, period: int) -> None:
        """Begin to take access back, and die before that is through."""
        ...


class AccessContract:
    """The contract; each test names one clause."""

    @pytest.fixture
    def access(self) -> AccessAdapter:
        """The adapter under test, nothing granted yet."""
        raise NotImplementedError

    async def test_nobody_has_access_that_was_not_granted(self, access: AccessAdapter) -> None:
        assert await access.observe(NOOR) is Access.CLOSED

    async def test_what_is_granted_is_seen(self, access: AccessAdapter) -> None:
        await access.ensure(NOOR, 1)
        assert await access.observe(NOOR) is Access.OPEN
        assert await access.observe(ANA) is Access.CLOSED

    async def test_granting_again_gives_the_same(self, access: AccessAdapter) -> None:
        first = await access.ensure(NOOR, 1)
        assert await access.ensure(NOOR, 1) == first

    async def test_granting_twice_at_once_gives_the_same(self, access: AccessAdapter) -> None:
        grants = await asyncio.gather(*(access.ensure(NOOR, 1) for _ in range(5)))
        assert len(set(grants)) == 1

    async def test_two_people_get_two_grants(self, access: AccessAdapter) -> None:
        assert await access.ensure(NOOR, 1) != await access.ensure(ANA, 1)

    async def test_a_grant_cut_off_half_way_is_seen_as_such(self, access: AccessAdapter) -> None:
        await access.ensure_half_way(NOOR, 1)
        assert await access.observe(NOOR) is Access.BETWEEN

    async def test_a_grant_cut_off_half_way_is_gone_on_with(self, access: AccessAdapter) -> None:
        await access.ensure_half_way(NOOR, 1)
        granted = await access.ensure(NOOR, 1)
        assert await access.observe(NOOR) is Access.OPEN
        assert await access.ensure(NOOR, 1) == granted

    async def test_a_grant_cut_off_half_way_can_be_revoked(self, access: AccessAdapter) -> None:
        await access.ensure_half_way(NOOR, 1)
        await access.revoke(NOOR, 1)
        assert await access.observe(NOOR) is Access.CLOSED

    async def test_a_revocation_cut_off_half_way_is_gone_on_with(
        self, access: AccessAdapter
    ) -> None:
        await access.ensure(NOOR, 1)
        await access.revoke_half_way(NOOR, 1)
        assert await access.observe(NOOR) is Access.BETWEEN
        await access.revoke(NOOR, 1)
        assert await access.observe(NOOR) is Access.CLOSED

    async def test_what_is_revoked_is_gone(self, access: AccessAdapter) -> None:
        await access.ensure(NOOR, 1)
        await access.revoke(NOOR, 1)
        assert await access.observe(NOOR) is Access.CLOSED

    async def test_revoking_one_leaves_the_others(self, access: AccessAdapter) -> None:
        await access.ensure(NOOR, 1)
        kept = await access.ensure(ANA, 1)
        await access.revoke(NOOR, 1)
        assert await access.observe(ANA) is Access.OPEN
        assert await access.ensure(ANA, 1) == kept

    async def test_revoking_again_changes_nothing(self, access: AccessAdapter) -> None:
        await access.ensure(NOOR, 1)
        for _ in range(2):
            await access.revoke(NOOR, 1)
        assert await access.observe(NOOR) is Access.CLOSED

    async def test_revoking_what_was_never_granted_is_done_at_once(
        self, access: AccessAdapter
    ) -> None:
        await access.revoke(NOOR, 1)
        assert await access.observe(NOOR) is Access.CLOSED

    async def test_a_grant_that_comes_after_its_revocation_is_refused(
        self, access: AccessAdapter
    ) -> None:
        await access.ensure(NOOR, 1)
        await access.revoke(NOOR, 1)
        with pytest.raises(Refused, match="ask with a higher period"):
            await access.ensure(NOOR, 1)
        assert await access.observe(NOOR) is Access.CLOSED

    async def test_a_grant_that_comes_only_after_its_revocation_is_refused(
        self, access: AccessAdapter
    ) -> None:
        await access.revoke(NOOR, 1)
        with pytest.raises(Refused):
            await access.ensure(NOOR, 1)

    async def test_whoever_comes_back_gets_access_anew(self, access: AccessAdapter) -> None:
        first = await access.ensure(NOOR, 1)
        await access.revoke(NOOR, 1)
        assert await access.ensure(NOOR, 2) != first
        assert await access.observe(NOOR) is Access.OPEN

    async def test_a_late_revocation_of_an_earlier_period_takes_nothing(
        self, access: AccessAdapter
    ) -> None:
        await access.revoke(NOOR, 1)
        await access.ensure(NOOR, 2)
        await access.revoke(NOOR, 1)
        assert await access.observe(NOOR) is Access.OPEN

    async def test_a_late_grant_of_an_earlier_period_is_refused(
        self, access: AccessAdapter
    ) -> None:
        kept = await access.ensure(NOOR, 2)
        with pytest.raises(Refused):
            await access.ensure(NOOR, 1)
        assert await access.ensure(NOOR, 2) == kept

    async def test_a_revocation_while_granting_leaves_no_access(
        self, access: AccessAdapter
    ) -> None:
        results = await asyncio.gather(
            access.ensure(NOOR, 1),
            access.revoke(NOOR, 1),
            access.ensure(NOOR, 1),
            return_exceptions=True,
        )
        await access.revoke(NOOR, 1)
        assert await access.observe(NOOR) is Access.CLOSED
        assert results[1] is None
