"""`/sign-in/openid`: signing in with the OpenID provider of the company, and leaving it."""

import logging
from collections.abc import AsyncGenerator
from typing import Annotated, Final

import httpx2
from fastapi import APIRouter, Depends, HTTPException, Query, Request
from fastapi.responses import RedirectResponse, Response

from libs.common.clock import wall
from libs.common.settings import Settings, SettingsError
from services.console import accounts, audit
from services.console.audit import Deed
from services.console.identity_claims import ClaimRules
from services.console.openid import LONGEST, Attempt, SignInError, is_safe, with_parameters
from services.console.openid_provider import TIMEOUT_SECONDS, Client, Provider
from services.console.role import Account
from services.console.settings import ConsoleSettings
from services.console.web.page_route import PageRoute
from services.console.web.sign_in_page import Next, entered, limit_address, sign_in_page
from services.console.web.visit import State
from services.console.wording import worded

PATH: Final = "/sign-in/openid"
COOKIE: Final = "farhand_openid"
SECRET: Final = "oidc_client"  # noqa: S105  # the name of a file

router = APIRouter(prefix=PATH, include_in_schema=False, route_class=PageRoute)
log = logging.getLogger(__name__)

REFUSALS: Final = {
    "denied": (401, worded("You did not sign in there, so you are not signed in here.")),
    "another browser": (
        401,
        worded("That was begun elsewhere, or took too long: please try again."),
    ),
    "too late": (401, worded("That was begun elsewhere, or took too long: please try again.")),
    "no code": (401, worded("What came back could not be used: please try again.")),
    "no role": (
        403,
        worded("You are known there, but have no role here: ask an administrator for one."),
    ),
    "closed": (403, worded("Your account was closed here: an administrator can say why.")),
    "no answer": (503, worded("Your company's sign-in does not answer: try again in a minute.")),
}
UNTRUSTED: Final = (502, worded("What came back could not be verified: tell an administrator."))


def ready(settings: Settings) -> None:
    """Look at the settings once, at start; raises SettingsError, which says what is wrong."""
    ours = ConsoleSettings()
    if not ours.oidc_issuer:
        if not ours.local_accounts:
            raise SettingsError(
                "FARHAND_LOCAL_ACCOUNTS is off and FARHAND_OIDC_ISSUER names no provider: nobody "
                "could sign in; set one of them"
            )
        return
    if not is_safe(ours.oidc_issuer):
        raise SettingsError("FARHAND_OIDC_ISSUER must begin with https://")
    for name in ("oidc_client", "oidc_roles", "console"):
        if not getattr(ours, name):
            raise SettingsError(
                f"FARHAND_OIDC_ISSUER is set, so FARHAND_{name.upper()} must be too"
            )
    try:
        ClaimRules.read(ours.oidc_roles)
    except ValueError as error:
        raise SettingsError(str(error)) from error
    if (settings.secrets / SECRET).is_file():
        settings.secret(SECRET)


async def provider() -> AsyncGenerator[Provider | None]:
    """For `Depends`: the provider as it is now, None where it does not answer as one."""
    issuer = ConsoleSettings().oidc_issuer
    if not issuer:
        raise HTTPException(404, worded("People sign in with an account of this console."))
    async with httpx2.AsyncClient(timeout=TIMEOUT_SECONDS) as http:
        try:
            found = await Provider.at(http, issuer)
        except SignInError as error:
            log.warning("the OpenID provider cannot be used: %s", error.reason)
            found = None
        yield found


async def held_back(request: Request, state: State) -> None:
    """For `Depends`, before the provider is asked: nobody makes us ask it again and again."""
    await limit_address(state, request)


Limited = Depends(held_back)
There = Annotated[Provider | None, Depends(provider)]


@router.get("", dependencies=[Limited])
async def go(request: Request, state: State, there: There, back: Next = "/") -> Response:
    """Send the browser to the provider, with a cookie that only its way back fits."""
    if there is None:
        return _refused(request, SignInError("no answer"))
    ours, rules = ConsoleSettings(), _rules()
    attempt = Attempt.begin(back, state.tools.settings.secret("master_key"), wall())
    address = there.metadata.way_out(attempt, ours.oidc_client, rules.scopes, _redirect())
    response = RedirectResponse(address, 303)
    response.set_cookie(
        COOKIE,
        attempt.cookie,
        max_age=int(LONGEST.total_seconds()),
        path=PATH,
        httponly=True,
        secure=ours.is_secure,
        samesite="lax",
    )
    return response


@router.get("/back", dependencies=[Limited])
async def come_back(  # what the provider sends
    request: Request,
    state: State,
    there: There,
    answered: Annotated[str, Query(alias="state", max_length=200)] = "",
    code: Annotated[str, Query(max_length=4000)] = "",
    iss: Annotated[str | None, Query(max_length=500)] = None,
    error: Annotated[str, Query(max_length=200)] = "",
) -> Response:
    """Take the provider's word for who it is, and start a session."""
    key = state.tools.settings.secret("master_key")
    try:
        attempt = Attempt.resume(request.cookies.get(COOKIE, ""), answered, key, wall())
        there = _answering(there, iss, code and not error)
        claims = await there.claims(_client(state.tools.settings), attempt, code, wall())
        account = _rules().account_of(there.metadata.issuer, claims, key)
        await _keep(state, account, str(claims["sub"]))
        response = await entered(request, state, account, attempt.back)
    except SignInError as refused:
        response = _refused(request, refused)
    response.delete_cookie(COOKIE, path=PATH)
    return response


@router.get("/leave", dependencies=[Limited])
async def leave(there: There) -> Response:
    """End the session at the provider as well, where it offers that (RP-Initiated Logout 1.0)."""
    ours = ConsoleSettings()
    ends = there.metadata.end_session_endpoint if there else None
    if ends is None:
        return RedirectResponse("/sign-in", 303)
    back = ours.console.rstrip("/") + "/sign-in"
    told = {"client_id": ours.oidc_client, "post_logout_redirect_uri": back}
    return RedirectResponse(with_parameters(ends, told), 303)


def _rules() -> ClaimRules:
    return ClaimRules.read(ConsoleSettings().oidc_roles)


def _redirect() -> str:
    return f"{ConsoleSettings().console.rstrip('/')}{PATH}/back"


def _client(settings: Settings) -> Client:
    secret = settings.secret(SECRET) if (settings.secrets / SECRET).is_file() else ""
    return Client(ConsoleSettings().oidc_client, secret, _redirect())


def _answering(there: Provider | None, iss: str | None, signed_in: object) -> Provider:
    """The provider that answered, with a code; raises SignInError if it is another, or has none."""
    if there is None:
        raise SignInError("no answer")
    if iss is not None and iss != there.metadata.issuer:  # RFC 9207
        raise SignInError("another issuer")
    if not signed_in:
        raise SignInError("denied")
    return there


async def _keep(state: State, account: Account, subject: str) -> None:
    """Keep the account as it is now; raises SignInError if it may do nothing, or was closed."""
    async with state.tools.pool.acquire() as conn, conn.transaction():
        is_open = await accounts.keep_known(conn, account, subject, state.tools.clock.now())
        why = "closed" if not is_open else "" if account.roles else "no role"
        if why:
            deed = Deed(None, "sign_in_refused", str(account.id), {"why": why})
            await audit.write(conn, deed, state.tools.clock.now())
    if why:
        raise SignInError(why)


def _refused(request: Request, refused: SignInError) -> Response:
    log.warning("nobody was let in by the OpenID provider: %s", refused.reason)
    status, says = REFUSALS.get(refused.reason, UNTRUSTED)
    return sign_in_page(request, status, wrong=says)
