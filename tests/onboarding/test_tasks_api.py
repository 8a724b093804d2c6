"""Tasks over HTTP: done, approved, sent back, given to another role; refused in words where not."""

import asyncio
import json
import os
import sys
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from farhand.signing import standard as sign
from libs.common.clock import wall
from libs.common.cloudevents import Envelope
from libs.common.contracts.compliance import CheckDecided, Verdict
from libs.common.contracts.onboarding import HireStatus
from libs.common.ids import derived, ordered
from libs.common.kafka import new_producer
from services.onboarding.report import hire_id_of
from tests.infrastructure import Infrastructure
from tests.onboarding.bed import Company

pytestmark = pytest.mark.timeout(240)

STARTS_ON = (wall() + timedelta(days=30)).date()
AGREEMENT, ADAPTERS, LAPTOP = "contractor-agreement", "vpn", "device"
TITLES = {
    AGREEMENT: "Have the agreement signed and invoicing set up",
    ADAPTERS: "Set up the VPN peer",
    LAPTOP: "Order a laptop and have it delivered",
}
VERBS: dict[str, dict[str, str]] = {
    "complete": {"evidence": "agreement 7"},
    "approve": {},
    "reject": {"reason": "the annex is missing"},
    "assign": {"to": "manager"},
}


class Hired:
    """A contractor whose check is clear, and the API of the tasks that follow."""

    def __init__(self, company: Company, ref: str) -> None:
        self.company = company
        self.ref = ref
        self.hire_id = hire_id_of("standard", ref)

    async def report(self) -> None:
        await self._deliver(
            "hire.reported",
            person={"name": "Noor Haverkamp", "email": "noor@example.net"},
            jurisdiction="PT",
            timezone="Europe/Lisbon",
            role="ML engineer",
            engagement="contractor",
            starts_on=STARTS_ON.isoformat(),
        )

    async def cancel(self) -> None:
        await self._deliver("hire.cancelled")
        await self.company.until(self.hire_id, status=HireStatus.CANCELLED)

    async def _deliver(self, kind: str, **told: Any) -> None:
        data = {"employment_ref": self.ref} | told
        body = json.dumps({"type": kind, "timestamp": wall().isoformat(), "data": data}).encode()
        headers = sign(self.company.secrets.read("hook_standard"), f"msg-{ordered()}", body)
        answer = await self.company.onboarding.post(
            "/hooks/standard", content=body, headers=headers
        )
        assert answer.status_code == 202, answer.text

    async def tell(self, key: str, verb: str, **body: str) -> Any:
        """What the API answers."""
        task = await self.task(key)
        return await self.company.onboarding.post(f"/tasks/{task['task_id']}/{verb}", json=body)

    async def task(self, key: str) -> dict[str, Any]:
        seen = await self.company.seen(self.hire_id)
        return next(task for task in seen["tasks"] if task["title"] == TITLES[key])

    async def state_after(self, key: str, verb: str, **body: str) -> tuple[str, str]:
        """The state of a task once that was done, and whose turn it is."""
        answer = await self.tell(key, verb, **body)
        assert answer.status_code == 200, answer.text
        task = next(each for each in answer.json()["tasks"] if each["title"] == TITLES[key])
        return task["state"], task["turn"]

    async def until_granted(self) -> None:
        """Wait until the VPN can be used, for the account there is no provider here."""
        for _ in range(600):
            if (await self.grants()).get("vpn") == "granted":
                return
            await asyncio.sleep(0.05)
        raise AssertionError("the VPN peer was not made")

    async def grants(self) -> dict[str, str]:
        seen = await self.company.seen(self.hire_id)
        return {each["resource"]: each["grant"] for each in seen.get("access", ())}

    async def refused(self, key: str, verb: str, **body: str) -> str:
        answer = await self.tell(key, verb, **body)
        assert answer.status_code == 409, answer.text
        return str(answer.json()["detail"])


@pytest.fixture
async def hired(infrastructure: Infrastructure, company: Company) -> Hired:
    """Somebody new, with a laptop and an agreement to see to."""
    new = Hired(company, f"task-{ordered()}")
    await new.report()
    await company.until(new.hire_id, status=HireStatus.ANNOUNCED)
    producer = new_producer(infrastructure.kafka)
    await producer.start()
    try:
        envelope, body = clear(new.hire_id)
        sent = await producer.send(
            f"{company.topic_prefix}farhand.compliance",
            body,
            key=str(new.hire_id).encode(),
            headers=envelope.headers(),
        )
        await sent
    finally:
        await producer.stop()
    await new.until_granted()
    return new


def clear(hire_id: UUID) -> tuple[Envelope, bytes]:
    """What compliance tells of a hire with nothing amiss."""
    decided = CheckDecided(
        hire_id=hire_id,
        version=1,
        verdict=Verdict.CLEAR,
        jurisdiction="PT",
        pack_version="test",
        effective_on=STARTS_ON,
        findings=(),
        questions=(),
        answers=0,
    )
    envelope = Envelope(
        id=derived("test", hire_id),
        type=decided.type,
        source="compliance/check",
        subject=str(hire_id),
        sequence=1,
        time=wall(),
        traceparent=None,
    )
    return envelope, decided.model_dump_json().encode()


async def test_a_task_without_an_approver_is_done_at_once(hired: Hired) -> None:
    assert await hired.state_after(LAPTOP, "complete") == ("done", "it")


async def test_a_task_with_an_approver_is_submitted_and_then_approved(hired: Hired) -> None:
    submitted = await hired.state_after(AGREEMENT, "complete", evidence="agreement 7")
    assert submitted == ("submitted", "legal")

    assert (await hired.state_after(AGREEMENT, "approve"))[0] == "done"
    assert (await hired.task(AGREEMENT))["evidence"] == "agreement 7"


async def test_what_is_sent_back_is_the_turn_of_who_did_it_and_can_be_done_again(
    hired: Hired,
) -> None:
    await hired.state_after(AGREEMENT, "complete", evidence="agreement 7")

    sent_back = await hired.state_after(AGREEMENT, "reject", reason="the annex is missing")

    assert sent_back == ("open", "hr")
    assert (await hired.task(AGREEMENT))["evidence"] is None
    again = await hired.state_after(AGREEMENT, "complete", evidence="agreement 7, annex A")
    assert again == ("submitted", "legal")


async def test_another_role_does_a_task_that_was_given_to_it(hired: Hired) -> None:
    assert await hired.state_after(AGREEMENT, "assign", to="manager") == ("open", "manager")

    submitted = await hired.state_after(AGREEMENT, "complete", evidence="agreement 7")
    assert submitted == ("submitted", "legal")
    assert await hired.state_after(AGREEMENT, "reject", reason="unclear") == ("open", "manager")


async def test_evidence_that_is_asked_for_has_to_be_there(hired: Hired) -> None:
    assert "the number of the signed agreement" in await hired.refused(AGREEMENT, "complete")


@pytest.mark.parametrize(
    ("key", "verb", "body", "says"),
    [
        pytest.param(AGREEMENT, "assign", {"to": "legal"}, "approves", id="to its approver"),
        pytest.param(AGREEMENT, "assign", {"to": "hr"}, "already", id="to who has it"),
        pytest.param(AGREEMENT, "approve", {}, "not submitted, it is open", id="not yet done"),
        pytest.param(AGREEMENT, "reject", {"reason": "no"}, "not submitted", id="nothing to judge"),
        pytest.param(ADAPTERS, "complete", {}, "an adapter does this", id="an adapter's, done"),
        pytest.param(ADAPTERS, "approve", {}, "an adapter does this", id="an adapter's, approved"),
        pytest.param(ADAPTERS, "assign", {"to": "hr"}, "an adapter", id="an adapter's, assigned"),
    ],
)
async def test_what_cannot_be_done_is_refused_in_words(
    hired: Hired, key: str, verb: str, body: dict[str, str], says: str
) -> None:
    assert says in await hired.refused(key, verb, **body)


@pytest.mark.parametrize("verb", VERBS)
async def test_nothing_more_is_done_to_a_task_that_is_closed(hired: Hired, verb: str) -> None:
    await hired.state_after(AGREEMENT, "complete", evidence="agreement 7")
    await hired.state_after(AGREEMENT, "approve")

    assert "it is done" in await hired.refused(AGREEMENT, verb, **VERBS[verb])
    assert (await hired.task(AGREEMENT))["state"] == "done"


async def test_what_is_submitted_is_not_submitted_twice_or_given_away(hired: Hired) -> None:
    await hired.state_after(AGREEMENT, "complete", evidence="agreement 7")

    for verb in ("complete", "assign"):
        assert "it is submitted" in await hired.refused(AGREEMENT, verb, **VERBS[verb])


@pytest.mark.parametrize("verb", VERBS)
async def test_nothing_is_done_for_a_hire_that_is_off(hired: Hired, verb: str) -> None:
    await hired.cancel()

    assert "it is dropped" in await hired.refused(AGREEMENT, verb, **VERBS[verb])


@pytest.mark.parametrize("verb", VERBS)
async def test_a_task_that_does_not_exist_is_not_found(company: Company, verb: str) -> None:
    answer = await company.onboarding.post(f"/tasks/{UUID(int=7)}/{verb}", json=VERBS[verb])

    assert (answer.status_code, answer.json()["detail"]) == (404, "no such task")


@pytest.mark.parametrize(
    ("verb", "body"),
    [
        pytest.param("assign", {"to": "ceo"}, id="a role that there is not"),
        pytest.param("assign", {}, id="to nobody"),
        pytest.param("reject", {}, id="sent back without a reason"),
        pytest.param("reject", {"reason": "  "}, id="sent back with an empty reason"),
        pytest.param("complete", {"evidence": "one\ntwo"}, id="evidence of two lines"),
        pytest.param("complete", {"evidence": "x" * 301}, id="evidence too long"),
    ],
)
async def test_a_body_that_cannot_be_meant_is_unprocessable(
    hired: Hired, verb: str, body: dict[str, str]
) -> None:
    answer = await hired.tell(AGREEMENT, verb, **body)

    assert answer.status_code == 422
    assert (await hired.task(AGREEMENT))["state"] == "open"


@pytest.mark.parametrize("verb", VERBS)
async def test_a_task_is_nobodys_without_the_token(hired: Hired, verb: str) -> None:
    task = await hired.task(AGREEMENT)

    answer = await hired.company.onboarding.post(
        f"/tasks/{task['task_id']}/{verb}", json=VERBS[verb], headers={"authorization": "Bearer no"}
    )

    assert answer.status_code == 401
    assert (await hired.task(AGREEMENT))["state"] == "open"


def _holds(*controls: str) -> dict[str, Any]:
    return {"holds": controls, "observed_at": wall().isoformat()}


ALL: tuple[str, ...] = ("disk_encryption", "os_minimum", "firewall", "screen_lock")


async def test_access_closes_and_opens_with_the_posture_of_the_device(hired: Hired) -> None:
    path = f"/hires/{hired.hire_id}/posture"
    post = hired.company.onboarding.post
    closed = (await post(path, json=_holds(*ALL[1:]))).json()

    assert (closed["status"], closed["turn"]) == ("blocked", ["it"])
    assert any("disk encryption" in each for each in closed["blocked_by"])
    assert (await hired.grants())["vpn"] in ("revoking", "revoked")

    opened = (await post(path, json=_holds(*ALL))).json()

    assert not any("disk encryption" in each for each in opened["blocked_by"])
    await hired.until_granted()


@pytest.mark.parametrize(
    ("body", "status"),
    [
        pytest.param({"holds": ["happiness"]}, 422, id="a control that there is not"),
        pytest.param({"observed_at": "2026-11-20T09:00:00"}, 422, id="a moment without a zone"),
        pytest.param({}, 409, id="of nobody"),
    ],
)
async def test_a_report_on_a_device_that_cannot_be_taken_is_refused(
    company: Company, body: dict[str, Any], status: int
) -> None:
    answer = await company.onboarding.post(
        f"/hires/{UUID(int=7)}/posture", json=_holds(*ALL) | body
    )

    assert answer.status_code == status


class CommandLine:
    """`farhand task` of the home whose onboarding the company runs."""

    def __init__(self, company: Company) -> None:
        port = company.onboarding.base_url.port
        assert port is not None
        places = {"FARHAND_HOME": str(company.home), "FARHAND_PORT_BASE": str(port - 1)}
        self.environment = {**os.environ, **places}

    async def says(self, *words: str) -> tuple[int | None, str]:
        """The exit code, and what it printed."""
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "farhand", "task", *words),
            env=self.environment,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        told, _ = await process.communicate()
        return process.returncode, told.decode()


async def test_a_task_is_found_and_closed_from_the_command_line(hired: Hired) -> None:
    farhand = CommandLine(hired.company)
    task_id = str((await hired.task(AGREEMENT))["task_id"])
    code, listed = await farhand.says("list", "--turn", "hr")
    assert code == 0
    line = next(line for line in listed.splitlines() if line.startswith(task_id))
    assert TITLES[AGREEMENT] in line
    assert str(hired.hire_id) in line

    code, refused = await farhand.says("complete", task_id)
    assert code == 1
    assert "409" in refused
    assert "evidence" in refused
    code, told = await farhand.says("complete", task_id, "--evidence", "agreement 7")
    assert (code, told.partition(".")[0]) == (0, f"{TITLES[AGREEMENT]}: submitted")
    code, told = await farhand.says("reject", task_id, "--reason", "the annex is missing")
    assert (code, told.partition(".")[0]) == (0, f"{TITLES[AGREEMENT]}: open")
    await farhand.says("complete", task_id, "--evidence", "agreement 8")
    code, told = await farhand.says("approve", task_id)
    assert (code, told.partition(".")[0]) == (0, f"{TITLES[AGREEMENT]}: done")
    assert task_id not in (await farhand.says("list"))[1]


async def test_a_task_is_given_to_another_role_from_the_command_line(hired: Hired) -> None:
    farhand = CommandLine(hired.company)
    task_id = str((await hired.task(LAPTOP))["task_id"])

    code, told = await farhand.says("assign", task_id, "--to", "manager")

    assert (code, told.partition(".")[0]) == (0, f"{TITLES[LAPTOP]}: open")

    assert (await hired.task(LAPTOP))["turn"] == "manager"
