"""`farhand up`: start everything, stay in the foreground, take everything down on Ctrl-C."""

import asyncio
from collections.abc import Sequence
from typing import Annotated

from cyclopts import Parameter
from cyclopts.validators import Number

from farhand import interrupt
from farhand.screen import Screen
from farhand.services import SERVICES, Service
from farhand.settings import Settings
from farhand.stack import Stack, running


def up(*, copies: Annotated[int, Parameter(validator=Number(gte=1, lte=8))] = 1) -> None:
    """Start everything and stay until Ctrl-C.

    Parameters
    ----------
    copies
        How many processes of each service; they share its port.

    """
    screen = Screen()
    interrupt.run(stay(Settings.from_env(), screen, copies), screen.note)


async def stay(
    settings: Settings,
    screen: Screen,
    copies: int = 1,
    services: Sequence[Service] = SERVICES,
) -> None:
    try:
        async with running(settings, services=services, copies=copies, report=screen) as stack:
            for line in welcome(stack):
                screen.console.print(line, markup=False)
            await asyncio.Event().wait()
    finally:
        screen.close()


def welcome(stack: Stack) -> list[str]:
    """Where to look, once all is up."""
    home = stack.home
    return [
        "",
        f"  Console    http://127.0.0.1:{stack.settings.port('console')}/",
        f"             sign in as admin; the password is in {home.secrets / 'console_password'}",
        f"  Traces     {stack.addresses.zipkin}/zipkin/",
        "  Mail       farhand inbox",
        f"  API token  {home.secrets / 'api_token'}",
        f"  Logs       {home.logs}",
        "",
        "  Ctrl-C stops everything; what was kept stays until `farhand reset`.",
        "",
    ]
