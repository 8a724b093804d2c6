"""Why two decisions on one hire differ: other law, other terms, other answers; in plain words."""

from collections.abc import Iterator, Mapping

from libs.common.contracts.compliance import CheckDecided, Finding, LawConfirmation, Waiver


def differences(then: CheckDecided, now: CheckDecided) -> tuple[str, ...]:
    """Every way in which a decision differs from an earlier one; none where they say the same."""
    return tuple(_differences(then, now))


def _differences(then: CheckDecided, now: CheckDecided) -> Iterator[str]:
    if then.verdict is not now.verdict:
        yield f"The verdict was {then.verdict}, and is {now.verdict}."
    if then.jurisdiction != now.jurisdiction:
        yield f"The law was that of {then.jurisdiction}, and is that of {now.jurisdiction}."
    if then.effective_on != now.effective_on:
        yield f"The start was {then.effective_on}, and is {now.effective_on}."
    if then.pack_version != now.pack_version:
        yield f"The packs and rules were {then.pack_version}, and are {now.pack_version}."
    before = {found.rule: found for found in then.findings}
    after = {found.rule: found for found in now.findings}
    for rule in sorted(before.keys() | after.keys()):
        yield from _of_rule(rule, before.get(rule), after.get(rule))


def _of_rule(rule: str, then: Finding | None, now: Finding | None) -> Iterator[str]:
    if then is None or now is None:
        yield f"{rule}: {'applies now' if then is None else 'applies no more'}."
        return
    if then.outcome is not now.outcome:
        yield f"{rule}: was {then.outcome}, and is {now.outcome}."
    yield from _of_values(rule, then.inputs, now.inputs)
    yield from _of_values(f"{rule}, the law", then.law_says, now.law_says)
    if then.law != now.law:
        yield f"{rule}: the law was {then.law}, and is {now.law}."
    if then.confirmation != now.confirmation:
        yield f"{rule}: {_said(then.confirmation)} then; {_said(now.confirmation)} now."
    if then.waiver != now.waiver:
        yield f"{rule}: {_waived(then.waiver)} then; {_waived(now.waiver)} now."


def _of_values(where: str, then: Mapping[str, str], now: Mapping[str, str]) -> Iterator[str]:
    for name in sorted(then.keys() | now.keys()):
        before, after = then.get(name, "not stated"), now.get(name, "not stated")
        if before != after:
            yield f"{where}: {name} was {before}, and is {after}."


def _said(confirmation: LawConfirmation | None) -> str:
    if confirmation is None:
        return "legal had not confirmed the law"
    does = "holds" if confirmation.holds else "does not hold"
    return f"{confirmation.by} of legal had said that it {does}, until {confirmation.until}"


def _waived(waiver: Waiver | None) -> str:
    return "not waived" if waiver is None else f"waived by {waiver.by} until {waiver.until}"
