"""What the demo plays against, wherever it runs."""

from dataclasses import dataclass

from farhand.demo.bamboohr import HrDepartment
from farhand.demo.doors import Doors
from farhand.demo.mails import Mails


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Front doors and APIs, the mails that come out, HR's BambooHR if there is one, the traces."""

    doors: Doors
    mails: Mails
    hr: HrDepartment | None
    zipkin: str
