"""Signing in and out: the form, local accounts, and the session that every way in begins."""

from hashlib import sha256
from typing import Annotated, Final, Literal

from fastapi import APIRouter, HTTPException, Query, Request
from fastapi.responses import RedirectResponse, Response
from starlette.background import BackgroundTask

from libs.common.clock import wall
from libs.common.cloudevents import storable
from services.console import accounts, audit, sessions
from services.console.audit import Deed
from services.console.reader import language_of
from services.console.role import Account
from services.console.settings import ConsoleSettings
from services.console.web.page_route import PageRoute
from services.console.web.render import page
from services.console.web.visit import COOKIE, State, Submitted, Visiting, check_origin, theme_of
from services.console.wording import worded

router = APIRouter(include_in_schema=False, route_class=PageRoute)

TRIES_A_MINUTE: Final = 10
"""On one login from one address."""

ADDRESS_A_MINUTE: Final = 60
"""From one address, which a whole office may share."""

WRONG: Final = worded("That login and password do not belong together.")
ELSEWHERE: Final = worded("Here people sign in with the company's provider only.")
BROWSERS: Final = ("Edg", "OPR", "Firefox", "Chrome", "Safari")
SYSTEMS: Final = ("Windows", "Android", "iPhone", "iPad", "Mac OS", "Linux")

Next = Annotated[str, Query(alias="next", max_length=500)]
Left = Annotated[Literal["openid", "here", ""], Query()]


@router.get("/sign-in")
async def sign_in_form(
    request: Request, _state: State, back: Next = "/", left: Left = ""
) -> Response:
    """The form."""
    return sign_in_page(request, 200, back=back, left=left)


def sign_in_page(  # what the page shows
    request: Request,
    status: int,
    *,
    back: str = "/",
    login: str = "",
    wrong: str = "",
    left: str = "",
) -> Response:
    """The form, and the way to the company's provider if there is one."""
    return page(
        "sign_in.html",
        status,
        language=language_of(request.headers.get("accept-language", "")),
        theme=theme_of(request),
        back=local(back),
        wrong=wrong,
        login=login,
        left=left,
        provider=ConsoleSettings().provider_name,
        local_accounts=ConsoleSettings().local_accounts,
    )


@router.post("/sign-in")
async def sign_in(request: Request, state: State) -> Response:
    """Start a session; a wrong password is told apart from an unknown login by nothing."""
    check_origin(request)
    if not ConsoleSettings().local_accounts:
        raise HTTPException(403, ELSEWHERE)
    form = await request.form(max_files=0, max_fields=8)
    login, password, back = (str(form.get(name, "")) for name in ("login", "password", "next"))
    await _limit(state, request, login)
    account = await accounts.signed_in_as(state.tools.pool, login, password)
    if account is None:
        refused = sign_in_page(request, 401, back=back, login=login, wrong=WRONG)
        # After the answer: the time it takes would tell which logins there are.
        refused.background = BackgroundTask(_note_refusal, state, login)
        return refused
    return await entered(request, state, account, back)


async def entered(request: Request, state: State, account: Account, back: str) -> Response:
    """Start a session in place of any that the browser had, and lead to a page of ours."""
    before = request.cookies.get(COOKIE)
    by = {"provider": account.issuer} if account.issuer else None
    async with state.tools.pool.acquire() as conn, conn.transaction():
        await audit.write(conn, Deed(account.id, "sign_in", detail=by), state.tools.clock.now())
        token = await sessions.replace(conn, account.id, browser_of(request), before, wall())
    response = RedirectResponse(local(back), 303)
    response.set_cookie(
        COOKIE,
        token,
        max_age=int(sessions.LONGEST.total_seconds()),
        httponly=True,
        secure=ConsoleSettings().is_secure,
        samesite="lax",
    )
    return response


async def _note_refusal(state: State, login: str) -> None:
    """Write down that an account was tried; what is none would only fill the log."""
    account = await accounts.id_of(state.tools.pool, login)
    if account is not None:
        refused = Deed(None, "sign_in_refused", str(account))
        async with state.tools.pool.acquire() as conn, conn.transaction():
            await audit.write(conn, refused, state.tools.clock.now())


async def _limit(state: State, request: Request, login: str) -> None:
    """Hold back an address, and what it tries on one login, for which nobody else's tries count."""
    await limit_address(state, request)
    await _hold_back(state, f"{_address(request)} {_plain(login)}", TRIES_A_MINUTE)


async def limit_address(state: State, request: Request) -> None:
    """Hold back an address that tries too often; raises HTTPException 429."""
    await _hold_back(state, _address(request), ADDRESS_A_MINUTE)


async def _hold_back(state: State, told: str, most: int) -> None:
    # Counted in Redis for all processes, and here too, for when Redis is away.
    minute, limit = int(wall().timestamp()) // 60, state.rate_limit
    name = "sign-in:" + sha256(told.encode()).hexdigest()[:16]
    here = limit.allows_here(name, most, minute)
    if not here or not await limit.allows(name, most, minute):
        raise HTTPException(429, worded("Wait a minute, then try again."), {"Retry-After": "60"})


def _address(request: Request) -> str:
    return request.client.host if request.client else ""


def _plain(login: str) -> str:
    return storable(login.strip().casefold())


def local(back: str) -> str:
    """Where to go after signing in: a path of ours, never another site."""
    ours = back.startswith("/") and not back.startswith("//") and "\\" not in back
    return back if ours and back.isprintable() else "/"


def browser_of(request: Request) -> str:
    """What a person recognises a session by: the browser and system, and nothing finer."""
    agent = request.headers.get("user-agent", "")
    browser = next((name for name in BROWSERS if name in agent), "A browser")
    system = next((name for name in SYSTEMS if name in agent), "an unknown system")
    return f"{ {'Edg': 'Edge', 'OPR': 'Opera'}.get(browser, browser) } on {system}"


@router.post("/sign-out")
async def sign_out(visit: Visiting, _form: Submitted) -> Response:
    """End this session."""
    async with visit.pool.acquire() as conn, conn.transaction():
        await sessions.end(conn, visit.session.id, visit.account.id, wall())
        await audit.write(conn, Deed(visit.account.id, "sign_out"), visit.now)
    response = RedirectResponse(
        "/sign-in?left=" + ("openid" if visit.account.issuer else "here"), 303
    )
    response.delete_cookie(COOKIE)
    return response
