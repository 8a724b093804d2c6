"""`/accounts` and `/sessions`: who may sign in, and where they are signed in."""

from typing import Annotated, Literal
from urllib.parse import urlsplit
from uuid import UUID

from fastapi import APIRouter, Form, HTTPException
from fastapi.responses import RedirectResponse, Response
from pydantic import StringConstraints

from libs.common import ids
from libs.common.clock import wall
from services.console import accounts, audit, sessions
from services.console.audit import Deed
from services.console.policy import Action
from services.console.role import Account, Role
from services.console.settings import ConsoleSettings
from services.console.teams import digest_of
from services.console.web.page_route import PageRoute
from services.console.web.sign_in_page import ELSEWHERE, local
from services.console.web.visit import Submitted, Visit, Visiting
from services.console.wording import worded

router = APIRouter(include_in_schema=False, route_class=PageRoute)

Login = Annotated[
    str,
    StringConstraints(strip_whitespace=True, to_lower=True, pattern=r"^[A-Za-z0-9._@+-]{2,100}$"),
]
Name = Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^[^\x00-\x1f]{1,100}$")]


@router.get("/accounts")
async def show_accounts(visit: Visiting) -> Response:
    """Every account, and who is signed in where."""
    visit.must(Action.MANAGE_ACCOUNTS)
    return await _shown(visit)


async def _shown(visit: Visit, made: tuple[str, str] | None = None, status: int = 200) -> Response:
    return visit.page(
        "accounts.html",
        status,
        accounts=await accounts.all_accounts(visit.pool),
        sessions=await sessions.listed(visit.pool, None, wall()),
        wall=wall(),
        made=made,
        local_accounts=ConsoleSettings().local_accounts,
    )


@router.post("/accounts")
async def add_account(  # what the form has
    visit: Visiting,
    _form: Submitted,
    login: Annotated[Login, Form()],
    name: Annotated[Name, Form()],
    roles: Annotated[list[Role], Form(min_length=1)],
    address: Annotated[str, Form(max_length=254)] = "",
    hire_id: Annotated[str, Form(max_length=36)] = "",
) -> Response:
    """Make an account; its password is shown this once."""
    visit.must(Action.MANAGE_ACCOUNTS)
    if not ConsoleSettings().local_accounts:
        raise HTTPException(403, ELSEWHERE)
    key = visit.state.tools.settings.secret("master_key")
    account = Account(
        id=ids.ordered(),
        login=login,
        name=name,
        roles=frozenset(roles),
        manager=digest_of(address, key) if address.strip() else None,
        hire_id=_hire_id(hire_id),
    )
    password = accounts.new_password()
    detail = {"roles": sorted(roles)}  # no login: the log outlives an account that was erased
    async with visit.pool.acquire() as conn, conn.transaction():
        if not await accounts.add(conn, account, password, visit.now):
            raise HTTPException(409, worded("That login is taken: choose another."))
        deed = Deed(visit.account.id, "add_account", str(account.id), detail)
        await audit.write(conn, deed, visit.now)
    return await _shown(visit, (login, password), 201)


def _hire_id(text: str) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        raise HTTPException(422, worded("The hire must be given by its id.")) from None


@router.post("/accounts/{account}/close")
async def close_account(account: UUID, visit: Visiting, _form: Submitted) -> Response:
    """Let somebody sign in no more, and end their sessions."""
    visit.must(Action.MANAGE_ACCOUNTS)
    if account == visit.account.id:
        raise HTTPException(
            409, worded("Your own account can be closed by another administrator only.")
        )
    async with visit.pool.acquire() as conn, conn.transaction():
        if not await accounts.close(conn, account, wall()):
            raise HTTPException(404, worded("There is no such open account."))
        await audit.write(conn, Deed(visit.account.id, "close_account", str(account)), visit.now)
    return RedirectResponse("/accounts", 303)


@router.post("/language")
async def choose_language(
    visit: Visiting, _form: Submitted, language: Annotated[Literal["en", "de"], Form()]
) -> Response:
    """Read in another language from now on, wherever one signs in."""
    await accounts.choose_language(visit.pool, visit.account.id, language)
    back = urlsplit(visit.request.headers.get("referer", "/"))
    return RedirectResponse(local(back.path + (f"?{back.query}" if back.query else "")), 303)


@router.get("/sessions")
async def show_sessions(visit: Visiting) -> Response:
    """Where whoever asks is signed in."""
    mine = await sessions.listed(visit.pool, visit.account.id, wall())
    return visit.page("sessions.html", sessions=mine, wall=wall())


@router.post("/sessions/{session}/end")
async def end_session(session: UUID, visit: Visiting, _form: Submitted) -> Response:
    """End one session: one's own or, as an administrator, anybody's."""
    everybody = visit.may(Action.MANAGE_ACCOUNTS)
    whose = None if everybody else visit.account.id
    async with visit.pool.acquire() as conn, conn.transaction():
        if not await sessions.end(conn, session, whose, wall()):
            raise HTTPException(404, worded("There is no such session."))
        await audit.write(conn, Deed(visit.account.id, "end_session", str(session)), visit.now)
    return RedirectResponse("/sessions", 303)
