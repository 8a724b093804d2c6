"""May this account do that? Answered by the policies of `policy.cedar`."""

import json
from collections.abc import Callable
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any, Final, cast
from uuid import UUID

import cedarpy

from libs.common.contracts.values import Owner
from services.console.role import SEE_ALL, Account, Role

POLICIES: Final = (Path(__file__).parent / "policy.cedar").read_text(encoding="utf-8")
_is_authorized = cast("Callable[..., cedarpy.AuthzResult]", cedarpy.is_authorized)  # pyright: ignore[reportUnknownMemberType]
_NOBODY: Final = UUID(int=0)


class Action(StrEnum):
    """What can be done in the console."""

    SEE_HIRES = "see_hires"
    SEE_OWN = "see_own"
    OPEN_CONTACT = "open_contact"
    COMPLETE_TASK = "complete_task"
    APPROVE_TASK = "approve_task"
    ANSWER_QUESTION = "answer_question"
    REASSIGN_TASK = "reassign_task"
    MOVE_START = "move_start"
    CANCEL_HIRE = "cancel_hire"
    EXPORT_PERSON = "export_person"
    CORRECT_CONTACT = "correct_contact"
    ERASE_PERSON = "erase_person"
    REVOKE_ACCESS = "revoke_access"
    RESTORE_ACCESS = "restore_access"
    WAIVE_FINDING = "waive_finding"
    ANSWER_LAW = "answer_law"
    SEE_FIGURES = "see_figures"
    SEE_OPERATIONS = "see_operations"
    MEND = "mend"
    SEE_AUDIT = "see_audit"
    MANAGE_ACCOUNTS = "manage_accounts"


def may(account: Account, action: Action, owner: Owner | None = None) -> bool:
    """Whether a policy permits it; `owner` is whose task it is about, where it is about one."""
    return _decided(account.roles, action, owner)


@cache
def _decided(roles: frozenset[Role], action: Action, owner: Owner | None) -> bool:
    # Who an account is makes no difference, only its roles: so few answers are all that there are.
    account = Account(id=_NOBODY, login="", name="", roles=roles)
    parents = [*roles, *(("staff",) if roles & {*SEE_ALL, Role.MANAGER} else ())]
    principal = {
        "uid": {"type": "Account", "id": "asking"},
        "attrs": {"turns": [turn.value for turn in account.turns]},
        "parents": [{"type": "Role", "id": str(role)} for role in parents],
    }
    resource: dict[str, Any] = {
        "uid": {"type": "Thing", "id": "asked"},
        "attrs": {"owner": owner.value if owner else ""},
        "parents": [],
    }
    request: dict[str, Any] = {
        "principal": 'Account::"asking"',
        "action": f'Action::"{action}"',
        "resource": 'Thing::"asked"',
        "context": {},
    }
    return _is_authorized(request, POLICIES, json.dumps([principal, resource])).allowed
