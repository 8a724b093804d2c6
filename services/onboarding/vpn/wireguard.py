"""The WireGuard adapter: ensure, observe and revoke the peer of a hire.

The tables say what shall be. Each change is committed there first, then the whole configuration is
rendered from them, applied and read back, by one process at a time. So every step can be repeated,
a crash between two of them is mended by the next call, and a process that wakes up late can only
write what holds by then. That costs more the more peers there are, and is done once for all calls
that wait for it.
"""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from libs.common.contracts.values import HireId
from libs.common.database import Pool
from libs.common.decider import Refused
from libs.common.effects import Call, Transient
from libs.common.sealing import ErasedError, Vault
from services.onboarding.access import Access
from services.onboarding.vpn import peer_store
from services.onboarding.vpn.address_pool import (
    NoFreeAddressError,
    grow_pool,
    release_address,
    take_address,
)
from services.onboarding.vpn.group_commit import GroupCommit
from services.onboarding.vpn.keys import new_key_pair
from services.onboarding.vpn.messages import EnsurePeer, PeerGone, PeerReady, RevokePeer
from services.onboarding.vpn.peer_config import (
    ClientConfiguration,
    Peer,
    ServerConfiguration,
    render_client,
)
from services.onboarding.vpn.peer_store import PeerRow, PeerState, SealedKeyPair
from services.onboarding.vpn.server import ConfigurationFile, Interface, Server
from services.onboarding.vpn.settings import VpnSettings

CONFIGURATION: Final = Path("wireguard", "wg0.conf")
"""Where in the home folder people find the configuration."""
SERVER_OWNER: Final = "wireguard-server"
"""Under whose data key the server's private key is sealed."""


@dataclass(slots=True)
class WireGuard:
    """One WireGuard server, its peers kept in the tables `vpn_peer` and `vpn_address`."""

    pool: Pool
    vault: Vault
    settings: VpnSettings
    servers: tuple[Server, ...]
    _publication: GroupCommit[list[frozenset[Peer]]] = field(init=False)

    def __post_init__(self) -> None:
        self._publication = GroupCommit(self._publish)

    @classmethod
    def in_folder(cls, pool: Pool, vault: Vault, settings: VpnSettings, home: Path) -> "WireGuard":
        """A server whose configuration people find in `home`, applied to the interface if any.

        With an interface, every process that performs effects runs on its machine. Processes that
        do not share `home` each have a file of their own, as of their own last change.
        """
        interfaces = (Interface(settings.interface),) if settings.interface else ()
        return cls(pool, vault, settings, (ConfigurationFile(home / CONFIGURATION), *interfaces))

    async def ensure_peer(self, effect: EnsurePeer, _call: Call) -> PeerReady:
        """Give the hire its peer and read it back; the same one however often this is called.

        Raises Refused where the period was revoked or the person erased, Transient where the peer
        is not on the server yet or the pool is used up.
        """
        peer = await self._grant(effect.hire_id, effect.period)
        applied = await self.publish()
        if not all(peer in peers for peers in applied):
            _granted(await peer_store.peer_of(self.pool, effect.hire_id), effect.period)
            raise Transient("the server's configuration does not show the peer yet")
        return PeerReady(
            hire_id=effect.hire_id,
            period=effect.period,
            address=peer.address,
            public_key=peer.public_key,
        )

    async def observe(self, hire_id: HireId) -> Access:
        """Whether the hire has access, as the tables and every configuration say."""
        row = await peer_store.peer_of(self.pool, hire_id)
        if row is None or row.keys is None:
            return Access.CLOSED
        applied = [await server.peers() for server in self.servers]
        present = [row.peer in peers for peers in applied]
        if row.state == PeerState.GRANTED and all(present):
            return Access.OPEN
        return Access.BETWEEN

    async def revoke_peer(self, effect: RevokePeer, _call: Call) -> PeerGone:
        """Take the hire's peer off the server, read that back, then free its address.

        Raises Transient where the server still shows the peer.
        """
        state = await peer_store.begin_revocation(self.pool, effect.hire_id, effect.period)
        if state == PeerState.REVOKING:
            await self._take_off(effect.hire_id, effect.period)
        return PeerGone(hire_id=effect.hire_id, period=effect.period)

    async def publish(self) -> list[frozenset[Peer]]:
        """Apply what the tables say to every server, and return what each shows after it.

        Also to be called when a service starts, so that a lost configuration comes back.
        """
        return await self._publication.done()

    async def _publish(self) -> list[frozenset[Peer]]:
        keys = await self._server_keys()
        async with self.pool.acquire() as conn, conn.transaction():
            await peer_store.lock_server(conn)
            wanted = await peer_store.granted_peers(conn)
            return [await self._apply(server, keys, wanted) for server in self.servers]

    async def client_configuration(self, hire_id: HireId) -> str:
        """What the hire's own device is told, private key included: for that person's eyes only.

        Raises Refused where there is no peer, or the person was erased.
        """
        row = await peer_store.peer_of(self.pool, hire_id)
        if row is None or row.keys is None or row.address is None:
            raise Refused("this hire has no VPN peer; it is made when provisioning begins")
        server = await self._server_keys()
        return render_client(
            ClientConfiguration(
                private_key=await self._open(row.keys),
                address=row.address,
                server_public_key=server.public_key,
                endpoint=self.settings.endpoint,
                routes=self.settings.routes or (self.settings.pool,),
            )
        )

    async def _grant(self, hire_id: HireId, period: int) -> Peer:
        row = await peer_store.peer_of(self.pool, hire_id)
        if row is not None and row.period >= period:
            return _granted(row, period)
        keys = await self._new_keys(str(hire_id))
        try:
            return await self._store_grant(hire_id, period, keys)
        except NoFreeAddressError:
            await grow_pool(self.pool, self.settings.pool)
            return await self._store_grant(hire_id, period, keys)

    async def _store_grant(self, hire_id: HireId, period: int, keys: SealedKeyPair) -> Peer:
        async with self.pool.acquire() as conn, conn.transaction():
            # Locks the row, also where it changes nothing: nobody revokes it under us.
            if await peer_store.grant(conn, hire_id, period, keys):
                await take_address(conn, hire_id, self.settings.pool)
            return _granted(await peer_store.peer_of(conn, hire_id), period)

    async def _take_off(self, hire_id: HireId, period: int) -> None:
        row = await peer_store.peer_of(self.pool, hire_id)
        applied = await self.publish()
        shown = {peer.public_key for peers in applied for peer in peers}
        if row is not None and row.keys is not None and row.keys.public_key in shown:
            raise Transient("the server's configuration still shows the peer")
        async with self.pool.acquire() as conn, conn.transaction():
            if await peer_store.end_revocation(conn, hire_id, period):
                await release_address(conn, hire_id)

    async def _apply(
        self, server: Server, keys: SealedKeyPair, wanted: frozenset[Peer]
    ) -> frozenset[Peer]:
        # Whoever waited for the lock mostly finds that the one before has written for all.
        if await server.peers() != wanted:
            private_key = await self._open(keys)
            await server.apply(ServerConfiguration(self.settings.listen_port, private_key, wanted))
        return await server.peers()

    async def _server_keys(self) -> SealedKeyPair:
        keys = await peer_store.server_keys(self.pool)
        if keys is None:
            await peer_store.keep_server_keys(self.pool, await self._new_keys(SERVER_OWNER))
            keys = await peer_store.server_keys(self.pool)
        if keys is None:
            raise Transient("the server's keys were deleted while they were made")
        return keys

    async def _new_keys(self, owner: str) -> SealedKeyPair:
        pair = new_key_pair()
        sealed = await self.vault.seal_bytes(owner, pair.private_key.encode())
        return SealedKeyPair(pair.public_key, sealed)

    async def _open(self, keys: SealedKeyPair) -> str:
        try:
            return (await self.vault.open_bytes(keys.private_key)).decode()
        except ErasedError as error:
            raise Refused("the key material was erased together with its owner's data") from error


def _granted(row: PeerRow | None, period: int) -> Peer:
    """The peer of a period that holds; raises Refused for one that is over."""
    if row is None or row.peer is None or row.state != PeerState.GRANTED or row.period > period:
        raise Refused(
            f"period {period} of this hire's access is over; "
            "to grant access again, ask with a higher period"
        )
    return row.peer
