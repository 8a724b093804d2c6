"""What an operations lead wants to know when the two weeks are over."""

from collections import Counter
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from farhand.demo.accounts import Account
from farhand.demo.doors import Doors
from farhand.demo.surroundings import Surroundings
from farhand.services import SERVICES

DAY_HOURS: Final = 48
"""From here on a duration is told in days."""

SHOWN: Final = 12
"""How many problems are spelt out."""


async def summary(
    around: Surroundings, seen: Mapping[UUID, Mapping[str, Any]], verdict: Account
) -> list[str]:
    """The lines of the summary."""
    return [
        "",
        *_hires(seen, verdict),
        *_letters(await around.mails.counts()),
        *await _figures(around.doors),
        *await _key_results(around.doors),
        *await _set_aside(around.doors),
        *_trace(around.zipkin, seen),
    ]


def _hires(seen: Mapping[UUID, Mapping[str, Any]], verdict: Account) -> list[str]:
    states = ", ".join(f"{count} {status}" for status, count in verdict.by_status.most_common())
    lines = [f"  Hires      {len(seen)}: {states}"]
    if verdict.settled:
        return [*lines, "             each stands where it has to; none lost, none doubled"]
    lines += [f"  ✗          {problem}" for problem in verdict.problems[:SHOWN]]
    if (more := len(verdict.problems) - SHOWN) > 0:
        lines.append(f"  ✗          and {more} more")
    return lines


def _letters(counts: Counter[str]) -> list[str]:
    twice = sum(1 for count in counts.values() if count > 1)
    repeated = f", {twice} handed in again after a lost answer" if twice else ""
    return [f"  Letters    {len(counts)} sent{repeated}"]


async def _figures(doors: Doors) -> list[str]:
    shown = await doors.get("metrics", "/kpis")
    lines: list[str] = []
    for kpi in shown["kpis"]:
        newest = kpi["latest"]
        if newest and newest["value"] is not None:
            lines.append(f"             {kpi['title']}: {_spoken(newest['value'], kpi['unit'])}")
    return ["  Figures    the newest of each KPI", *lines]


async def _key_results(doors: Doors) -> list[str]:
    shown = (await doors.get("metrics", "/key-results"))["key_results"]
    lines = [f"             {each['title']}: {_standing(each)}" for each in shown]
    return ["  Key results", *lines]


def _standing(key_result: Mapping[str, Any]) -> str:
    status = key_result["status"].replace("_", " ")
    if key_result["value"] is None:
        return status
    unit = key_result["unit"]
    value, expected = (Decimal(key_result[name]) for name in ("value", "expected"))
    if unit == "share":
        return f"{status}, {value:.0%} where {expected:.0%} were expected"
    return f"{status}, {value:.1f} {unit} where {expected:.1f} were expected"


def _spoken(value: str, unit: str) -> str:
    if unit == "share":
        return f"{Decimal(value):.0%}"
    if unit != "seconds":
        return f"{Decimal(value).normalize():f} {unit}"
    hours = Decimal(value) / 3600
    return f"{hours:.1f} hours" if hours < DAY_HOURS else f"{hours / 24:.1f} days"


async def _set_aside(doors: Doors) -> list[str]:
    dead = [len(await doors.get(each.name, "/dead-letters")) for each in SERVICES]
    quarantined = [len(await doors.get(each.name, "/quarantine")) for each in SERVICES]
    taken = ", ".join(f"{count} {status}" for status, count in sorted(doors.answers.items()))
    return [
        f"  Deliveries {taken}",
        f"  Set aside  {sum(dead)} dead letters, {sum(quarantined)} deliveries in quarantine",
    ]


def _trace(zipkin: str, seen: Mapping[UUID, Mapping[str, Any]]) -> list[str]:
    for hire_id, hire in seen.items():
        if hire["status"] == "active" and hire["trace_id"]:
            return [f"  One hire   {zipkin}/zipkin/traces/{hire['trace_id']}  ({hire_id})"]
    return []
