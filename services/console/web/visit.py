"""Who is asking: the session behind the cookie, what they may see, and how they read."""

import hmac
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Final
from urllib.parse import quote, urlsplit

from fastapi import Depends, HTTPException, Request
from fastapi.responses import HTMLResponse
from starlette.datastructures import FormData

from libs.common.clock import wall
from libs.common.contracts.values import Owner
from libs.common.database import Pool
from libs.common.running import Running, running
from services.console import sessions
from services.console.policy import Action, may
from services.console.reader import Reader
from services.console.role import Account
from services.console.scope import Scope, scope_of
from services.console.sessions import Session
from services.console.settings import ConsoleSettings
from services.console.web.page_route import SignInNeeded
from services.console.web.render import page, theme_of
from services.console.wording import worded

COOKIE: Final = "farhand_session"
REFUSED: Final = worded(
    "Your roles do not allow that. Somebody who may can do it, or change your roles."
)

State = Annotated[Running, Depends(running)]


@dataclass(frozen=True, slots=True)
class Place:
    """A page of the navigation; `key` goes there after a g."""

    href: str
    label: str
    icon: str
    key: str
    needs: Action


PLACES: Final = (
    Place("/me", worded("My start"), "person", "m", Action.SEE_OWN),
    Place("/law", worded("Law"), "scales", "l", Action.ANSWER_LAW),
    Place("/figures", worded("Figures"), "figures", "f", Action.SEE_FIGURES),
    Place("/operations", worded("Operations"), "operations", "o", Action.SEE_OPERATIONS),
    Place("/audit", worded("Audit log"), "audit", "a", Action.SEE_AUDIT),
    Place("/accounts", worded("Accounts"), "accounts", "c", Action.MANAGE_ACCOUNTS),
)


@dataclass(frozen=True, slots=True)
class Visit:
    """One request of somebody who is signed in."""

    request: Request
    state: Running
    session: Session
    reader: Reader
    scope: Scope

    @property
    def account(self) -> Account:
        """Who is asking."""
        return self.session.account

    @property
    def pool(self) -> Pool:
        """The console's database."""
        return self.state.tools.pool

    @property
    def now(self) -> datetime:
        """The product's time, in UTC."""
        return self.reader.now

    def may(self, action: Action | str, owner: Owner | None = None) -> bool:
        """Whether the policy lets them."""
        return may(self.account, Action(action), owner)

    def must(self, action: Action, owner: Owner | None = None) -> None:
        """Answer 403 unless the policy lets them."""
        if not self.may(action, owner):
            raise HTTPException(403, REFUSED)

    @property
    def places(self) -> tuple[Place, ...]:
        """The pages beside the board that they may open."""
        return tuple(place for place in PLACES if self.may(place.needs))

    def page(self, template: str, status: int = 200, /, **values: Any) -> HTMLResponse:
        """A page with the frame around it."""
        return page(
            template,
            status,
            language=self.reader.language,
            visit=self,
            reader=self.reader,
            theme=theme_of(self.request),
            query=dict(self.request.query_params),
            **values,
        )


def reader_of(request: Request, now: datetime, language: str | None = None) -> Reader:
    """How whoever asks reads, as they have chosen or else as their browser tells."""
    accepts = request.headers.get("accept-language", "")
    return Reader.of(accepts, request.cookies.get("zone", ""), now, language)


async def visiting(request: Request, state: State) -> Visit:
    """For `Depends`: the visit of who is signed in; anybody else is sent to sign in."""
    token = request.cookies.get(COOKIE)
    session = await sessions.current(state.tools.pool, token, wall()) if token else None
    if session is None or (session.account.issuer is None and not ConsoleSettings().local_accounts):
        back = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        raise SignInNeeded(quote(back if request.method == "GET" else "/"))
    reader = reader_of(request, state.tools.clock.now(), session.account.language)
    request.state.language = reader.language  # for what goes wrong later
    return Visit(request, state, session, reader, scope_of(session.account))


Visiting = Annotated[Visit, Depends(visiting)]


def check_origin(request: Request) -> None:
    """Refuse what another site's page sends (Fetch Metadata, or the Origin of older browsers)."""
    site = request.headers.get("sec-fetch-site")
    origin = request.headers.get("origin")
    foreign = origin is not None and urlsplit(origin).netloc != request.headers.get("host")
    if site not in (None, "same-origin", "none") or (site is None and foreign):
        raise HTTPException(403, worded("This came from another site, so nothing was done."))


async def submitted(request: Request, visit: Visiting) -> FormData:
    """For `Depends`: a form that came from a page of this very session."""
    check_origin(request)
    form = await request.form(max_files=0, max_fields=40, max_part_size=64 * 1024)
    given = str(form.get("csrf", "")).encode(errors="replace")
    if not hmac.compare_digest(given, visit.session.csrf.encode()):
        raise HTTPException(
            403, worded("This form is out of date: go back, reload the page, try again.")
        )
    if any("\0" in str(text) for text in (*form.values(), *request.path_params.values())):
        raise HTTPException(
            422, worded("A text holds a NUL character, which no text has: type it anew.")
        )
    return form


Submitted = Annotated[FormData, Depends(submitted)]
