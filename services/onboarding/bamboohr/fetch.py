"""The adapter that fetches employees from BambooHR."""

from dataclasses import dataclass

from libs.common.decider import Refused
from libs.common.effects import Call
from libs.common.intake import Unreadable
from libs.common.sealing import Vault
from services.onboarding.bamboohr.client import BambooClient
from services.onboarding.bamboohr.employee import read_employee
from services.onboarding.hints import EmployeeFound, EmployeeGone, FetchEmployee
from services.onboarding.sealed_profile import sealed_profile


@dataclass(frozen=True, slots=True)
class BambooFetch:
    """Fetches employees, and seals their contacts before anything of them is kept."""

    client: BambooClient
    vault: Vault

    async def fetch(self, effect: FetchEmployee, call: Call) -> EmployeeFound | EmployeeGone:
        """The employee as BambooHR has it now.

        Raises Transient where it cannot say now, Refused where nothing can be made of what it
        says; the reason names the fields to correct there, and no value.
        """
        body = await self.client.employee(effect.hint.employee_id, ahead=effect.ahead)
        if body is None:
            return EmployeeGone(
                hire_id=effect.hire_id, hint=effect.hint, look=effect.look, fetched_at=call.now
            )
        try:
            employee = read_employee(body, effect, call.now)
        except Unreadable as unreadable:
            raise Refused(
                f"the record of employee {effect.hint.employee_id} in BambooHR cannot be used; "
                f"correct it there: {unreadable}"
            ) from None
        profile = None
        if employee.report is not None:
            profile = await sealed_profile(employee.report, self.vault)
        return EmployeeFound(
            hire_id=effect.hire_id,
            hint=effect.hint,
            look=effect.look,
            fetched_at=call.now,
            changed_at=employee.changed_at,
            profile=profile,
            last_day=employee.last_day,
            ended=employee.ended,
        )
