"""What each role may do, row by row; whatever is not here is refused."""

import pytest

from libs.common.contracts.values import Owner
from services.console.policy import Action, may
from services.console.role import Account, Role
from services.console.scope import Scope, scope_of
from tests.console.hires import ALICE

EVERYBODY_AT_WORK = {Action.SEE_HIRES, Action.SEE_FIGURES}
ALLOWED: dict[Role, set[Action]] = {
    Role.ADMINISTRATOR: EVERYBODY_AT_WORK | {Action.MANAGE_ACCOUNTS, Action.SEE_AUDIT},
    Role.HR: EVERYBODY_AT_WORK
    | {
        Action.OPEN_CONTACT,
        Action.MOVE_START,
        Action.CANCEL_HIRE,
        Action.REVOKE_ACCESS,
        Action.EXPORT_PERSON,
        Action.CORRECT_CONTACT,
        Action.ERASE_PERSON,
    },
    Role.IT: EVERYBODY_AT_WORK
    | {
        Action.OPEN_CONTACT,
        Action.REVOKE_ACCESS,
        Action.RESTORE_ACCESS,
        Action.SEE_OPERATIONS,
    },
    Role.LEGAL: EVERYBODY_AT_WORK | {Action.ANSWER_LAW, Action.WAIVE_FINDING},
    Role.MANAGER: EVERYBODY_AT_WORK | {Action.OPEN_CONTACT, Action.MOVE_START},
    Role.SRE: EVERYBODY_AT_WORK | {Action.SEE_OPERATIONS, Action.MEND},
    Role.EXECUTIVE: EVERYBODY_AT_WORK,
    Role.AUDITOR: EVERYBODY_AT_WORK | {Action.SEE_AUDIT, Action.SEE_OPERATIONS},
    Role.WORKER: {Action.SEE_HIRES, Action.SEE_OWN, Action.EXPORT_PERSON},
}
ABOUT_A_TASK = {Action.COMPLETE_TASK, Action.ANSWER_QUESTION}


def account(*roles: Role, manager: str | None = None) -> Account:
    return Account(ALICE, "ada", "Ada", frozenset(roles), manager=manager, hire_id=ALICE)


@pytest.mark.parametrize("role", Role)
def test_a_role_may_do_just_this(role: Role) -> None:
    allowed = {action for action in Action if may(account(role), action)}

    assert allowed == ALLOWED[role]


@pytest.mark.parametrize("action", sorted(ABOUT_A_TASK))
@pytest.mark.parametrize(
    ("role", "owners"),
    [
        pytest.param(Role.HR, {Owner.HR, Owner.MANAGER, Owner.WORKER}, id="HR, and for people"),
        pytest.param(Role.IT, {Owner.IT}, id="IT"),
        pytest.param(Role.LEGAL, {Owner.LEGAL}, id="legal"),
        pytest.param(Role.MANAGER, {Owner.MANAGER}, id="a manager"),
        pytest.param(Role.WORKER, {Owner.WORKER}, id="a worker"),
        pytest.param(Role.EXECUTIVE, set[Owner](), id="an executive: nobody's"),
        pytest.param(Role.ADMINISTRATOR, set[Owner](), id="an administrator: nobody's"),
    ],
)
def test_whose_tasks_a_role_may_do(role: Role, owners: set[Owner], action: Action) -> None:
    assert {owner for owner in Owner if may(account(role), action, owner)} == owners


@pytest.mark.parametrize("role", [Role.HR, Role.IT, Role.LEGAL, Role.MANAGER, Role.WORKER])
def test_nobody_approves_for_another(role: Role) -> None:
    approved = {owner for owner in Owner if may(account(role), Action.APPROVE_TASK, owner)}
    assert approved == set(account(role).turns)


@pytest.mark.parametrize(
    ("role", "owners"),
    [
        pytest.param(Role.HR, {Owner.HR, Owner.MANAGER, Owner.WORKER}, id="HR, and of people"),
        pytest.param(Role.IT, {Owner.IT}, id="IT"),
        pytest.param(Role.LEGAL, {Owner.LEGAL}, id="legal"),
        pytest.param(Role.MANAGER, {Owner.MANAGER, Owner.WORKER}, id="a manager"),
        pytest.param(Role.WORKER, set[Owner](), id="a worker: nobody's"),
        pytest.param(Role.EXECUTIVE, set[Owner](), id="an executive: nobody's"),
    ],
)
def test_whose_tasks_a_role_gives_to_another(role: Role, owners: set[Owner]) -> None:
    given = {owner for owner in Owner if may(account(role), Action.REASSIGN_TASK, owner)}
    assert given == owners


def test_several_roles_may_do_what_each_may() -> None:
    both = account(Role.LEGAL, Role.SRE)

    assert may(both, Action.WAIVE_FINDING)
    assert may(both, Action.MEND)
    assert not may(both, Action.CANCEL_HIRE)


def test_without_a_role_nothing_is_allowed_or_seen() -> None:
    nobody = account()

    assert not any(may(nobody, action) for action in Action)
    assert scope_of(nobody) == Scope()


@pytest.mark.parametrize(
    ("roles", "scope"),
    [
        pytest.param((Role.HR,), Scope(everything=True), id="HR: every hire"),
        pytest.param((Role.MANAGER,), Scope(manager="digest"), id="a manager: the team"),
        pytest.param((Role.WORKER,), Scope(hire_id=ALICE), id="a worker: their own data"),
    ],
)
def test_which_hires_a_role_sees(roles: tuple[Role, ...], scope: Scope) -> None:
    assert scope_of(account(*roles, manager="digest")) == scope
