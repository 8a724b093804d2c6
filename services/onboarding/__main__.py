"""`python -m services.onboarding` runs the service; here it is put together."""

import sys
from collections.abc import Sequence
from pathlib import Path

from libs.common.effects import Adapter, adapter
from libs.common.marked_yaml import InvalidDocument
from libs.common.run import run
from libs.common.service import Service, Tools
from services.onboarding.api import router
from services.onboarding.bamboohr import changes
from services.onboarding.bamboohr.changes import BambooChanges
from services.onboarding.bamboohr.client import BambooClient
from services.onboarding.bamboohr.fetch import BambooFetch
from services.onboarding.bamboohr.settings import BambooSettings
from services.onboarding.erasing import Erasing
from services.onboarding.erasure_messages import FindKeys, ShredKeys
from services.onboarding.fetch_log import employee_fetches
from services.onboarding.fetches_api import router as fetches
from services.onboarding.front_doors import FRONT_DOORS
from services.onboarding.hints import FetchEmployee
from services.onboarding.identity.groups import group_rules
from services.onboarding.identity.messages import EnsureIdentity, RevokeIdentity
from services.onboarding.identity.provider import Provider
from services.onboarding.identity.scim import Identities
from services.onboarding.journey import journey
from services.onboarding.reconciliation import ListChanges, reconciliation
from services.onboarding.risk_policies import risk_policies
from services.onboarding.templates import task_templates
from services.onboarding.vpn.messages import EnsurePeer, RevokePeer
from services.onboarding.vpn.settings import VpnSettings
from services.onboarding.vpn.wireguard import WireGuard


def wireguard(tools: Tools) -> WireGuard:
    """The VPN of the company."""
    return WireGuard.in_folder(tools.pool, tools.vault, VpnSettings.read(), tools.settings.home)


def identities(tools: Tools) -> Identities:
    """The accounts of the company, at the provider of `FARHAND_SCIM`, if one is given."""
    url = tools.settings.scim
    provider = Provider.at(url, tools.settings.secret("scim_token")) if url else None
    return Identities(tools.pool, tools.vault, provider)


def adapters(tools: Tools) -> Sequence[Adapter]:
    """What changes the outside world for a hire."""
    vpn, accounts = wireguard(tools), identities(tools)
    erasing = Erasing.by(tools, accounts, vpn)
    bamboo = BambooClient(BambooSettings.read(), tools.settings)
    return (
        adapter(EnsurePeer, vpn.ensure_peer),
        adapter(RevokePeer, vpn.revoke_peer),
        adapter(EnsureIdentity, accounts.ensure),
        adapter(RevokeIdentity, accounts.revoke),
        adapter(FindKeys, erasing.find),
        adapter(ShredKeys, erasing.shred),
        adapter(FetchEmployee, BambooFetch(bamboo, tools.vault).fetch),
        adapter(ListChanges, BambooChanges(bamboo, tools.pool).list_changes),
    )


async def prepare(tools: Tools) -> None:
    """Write the VPN's configuration anew, in case its file was lost; raises SettingsError."""
    identities(tools)
    await wireguard(tools).publish()
    if BambooSettings.read().url:
        await changes.begin(tools.pool, tools.clock.now())
    else:
        await changes.end(tools.pool)


router.include_router(fetches)

service = Service(
    name="onboarding",
    title="Farhand onboarding",
    deciders=(journey, reconciliation),
    projections=(employee_fetches,),
    adapters=adapters,
    front_doors=FRONT_DOORS,
    api=router,
    prepare=prepare,
    migrations=Path(__file__).parent / "migrations",
)

if __name__ == "__main__":
    try:
        _ = task_templates(), group_rules(), risk_policies()
    except InvalidDocument as error:
        sys.exit(f"onboarding cannot start: {error}")
    run(service)
