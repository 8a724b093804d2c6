"""`farhand demo`: bring everything up, live through two weeks, and account for every hire."""

import asyncio
import sys
from dataclasses import dataclass
from typing import Annotated, Final

from cyclopts import Parameter
from cyclopts.validators import Number

from farhand import interrupt
from farhand.credentials import Credentials
from farhand.demo.accounts import Account
from farhand.demo.bamboohr import HrDepartment
from farhand.demo.company import company
from farhand.demo.doors import doors_of
from farhand.demo.mails import InFolder, InMailpit
from farhand.demo.product_time import BEGINS, hurried
from farhand.demo.show import Show
from farhand.demo.summary import summary
from farhand.demo.surroundings import Surroundings
from farhand.embedded.mail_folder import MailFolder
from farhand.errors import StackError
from farhand.home import Home
from farhand.reset import make_room
from farhand.screen import Screen
from farhand.services import SERVICES
from farhand.settings import Settings
from farhand.stack import running
from farhand.up import welcome
from libs.common.clock import Clock

MARKER: Final = "demo"


def demo(
    *,
    hires: Annotated[int, Parameter(validator=Number(gte=1, lte=2000))] = 200,
    seconds: Annotated[float, Parameter(validator=Number(gte=30, lte=3600))] = 120.0,
    seed: int = 1,
    copies: Annotated[int, Parameter(validator=Number(gte=1, lte=8))] = 1,
    exit: Annotated[bool, Parameter(negative=())] = False,  # noqa: A002  # the flag's name
    elsewhere: Annotated[bool, Parameter(negative=())] = False,
) -> None:
    """Live through two weeks of hires and deployments, and leave everything running to look at.

    Parameters
    ----------
    hires
        How many people are hired.
    seconds
        How long the two weeks take.
    seed
        Another number makes another company.
    copies
        How many processes of each service.
    exit
        End with a summary; the exit code is 1 if any hire ended where it should not.
    elsewhere
        Start nothing: play against services that run already, such as those of docker-compose.yml,
        under the FARHAND_CLOCK that they were given.

    """
    screen = Screen()
    settings = Settings.from_env()
    plan = Plan(hires, seed, seconds, copies, leave=exit)
    ended: list[Account] = []
    if elsewhere:
        interrupt.run(play_elsewhere(settings, plan, screen, ended), screen.note)
    else:
        make_room(Home(settings.home), MARKER)
        interrupt.run(run(settings, plan, screen, ended), screen.note)
    sys.exit(0 if ended and ended[0].settled else 1)


@dataclass(frozen=True, slots=True)
class Plan:
    """What the demo was asked for."""

    hires: int
    seed: int
    seconds: float
    copies: int
    leave: bool


async def run(settings: Settings, plan: Plan, screen: Screen, ended: list[Account]) -> None:
    """Bring up, play, account; stay until interrupted unless told to leave."""
    async with running(settings, services=(), report=screen) as stack:
        clock = hurried(plan.seconds)
        await stack.add_services(settings.evolve(clock=str(clock)), SERVICES, plan.copies)
        async with doors_of(stack.settings, stack.credentials) as doors:
            bamboo = f"http://127.0.0.1:{stack.settings.port('bamboohr')}"
            around = Surroundings(
                doors,
                InFolder(MailFolder(stack.home.mail)),
                HrDepartment(doors.http, bamboo, doors.token),
                stack.addresses.zipkin,
            )
            ended.append(await _play(plan, clock, around, screen))
            for line in welcome(stack):
                screen.console.print(line, markup=False)
        if not plan.leave:
            await asyncio.Event().wait()
    screen.close()


async def play_elsewhere(
    settings: Settings, plan: Plan, screen: Screen, ended: list[Account]
) -> None:
    """Play against what runs, with the secrets in FARHAND_HOME."""
    if not settings.clock:
        raise StackError("Set FARHAND_CLOCK to what the services were started with.")
    clock = Clock.parse(settings.clock)
    zipkin = settings.given.zipkin or f"http://127.0.0.1:{settings.port('zipkin')}"
    async with doors_of(settings, Credentials(Home(settings.home).secrets)) as doors:
        mails = InMailpit(doors.http, f"http://127.0.0.1:{settings.port('smtp')}")
        ended.append(await _play(plan, clock, Surroundings(doors, mails, None, zipkin), screen))
    screen.close()


async def _play(plan: Plan, clock: Clock, around: Surroundings, screen: Screen) -> Account:
    # However long it took to come up, the two weeks are whole: they begin now.
    begins = max(BEGINS, clock.now())
    hired = company(plan.seed, begins, plan.hires, bamboohr=around.hr is not None)
    show = Show(around, clock, begins, plan.seed, hired)
    await show.play(screen)
    for line in await summary(around, show.seen, show.verdict):
        screen.console.print(line, markup=False)
    return show.verdict
