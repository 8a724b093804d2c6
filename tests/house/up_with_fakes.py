"""`farhand up`, but with services that do nothing; and with one argument, so many copies."""

import sys
from dataclasses import replace

from farhand import interrupt
from farhand.cli import speaking
from farhand.screen import Screen
from farhand.services import SERVICES
from farhand.settings import Settings
from farhand.up import stay

FAKES = [replace(service, module="tests.house.fake_service") for service in SERVICES]

if __name__ == "__main__":
    copies = int(sys.argv[1]) if len(sys.argv) > 1 else 1
    screen = Screen()
    with speaking():
        interrupt.run(stay(Settings.from_env(), screen, copies, FAKES), screen.note)
