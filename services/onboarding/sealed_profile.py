"""From a report with contacts in the clear to the profile that events and states may carry."""

from libs.common.contracts.values import Profile
from libs.common.sealing import Vault
from services.onboarding.report import HireReport, contact


async def sealed_profile(report: HireReport, vault: Vault) -> Profile:
    """What is reported of a hire, the contacts sealed under the hire's own data key."""
    person = str(report.hire_id)
    worker = await vault.seal(person, contact(report.person))
    manager = None
    if report.manager is not None:
        manager = await vault.seal(person, contact(report.manager))
    return report.profile(worker=worker, manager=manager)
