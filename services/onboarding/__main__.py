"""`python -m services.onboarding` runs the service; here it is put together."""

from collections.abc import Sequence
from pathlib import Path

from libs.common.effects import Adapter, adapter
from libs.common.run import run
from libs.common.service import Service, Tools
from services.onboarding.api import router
from services.onboarding.front_doors import FRONT_DOORS
from services.onboarding.journey import journey
from services.onboarding.vpn.messages import EnsurePeer, RevokePeer
from services.onboarding.vpn.settings import VpnSettings
from services.onboarding.vpn.wireguard import WireGuard


def adapters(tools: Tools) -> Sequence[Adapter]:
    """What changes the outside world for a hire."""
    wireguard = WireGuard.in_folder(tools.pool, tools.vault, VpnSettings(), tools.settings.home)
    return (
        adapter(EnsurePeer, wireguard.ensure_peer),
        adapter(RevokePeer, wireguard.revoke_peer),
    )


service = Service(
    name="onboarding",
    title="Farhand onboarding",
    deciders=(journey,),
    adapters=adapters,
    front_doors=FRONT_DOORS,
    api=router,
    migrations=Path(__file__).parent / "migrations",
)

if __name__ == "__main__":
    run(service)
