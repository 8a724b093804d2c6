"""A person is erased once they are gone, in two steps that nobody is lost between, and stays so."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from libs.common.contracts.console import Asked, ContactCorrectionRequested, ErasureRequested
from libs.common.contracts.onboarding import (
    ErasedPlace,
    HireAnnounced,
    HireChanged,
    HireStatus,
    PersonErased,
    RequestRefused,
)
from libs.common.message import EffectFailed, Message
from services.onboarding.erasure_messages import (
    FindKeys,
    FoundKey,
    KeysFound,
    KeysShredded,
    ShredKeys,
)
from tests.onboarding.life import (
    HIRE,
    MONDAY,
    START,
    Life,
    at_work,
    begun,
    cancelled,
    leaving,
    peer_gone,
    reported,
)

pytestmark = pytest.mark.usefixtures("only_laptop_and_vpn")

REQUEST, ACCOUNT = UUID(int=77), UUID(int=78)
FIRST, SECOND = "1" * 64, "2" * 64
PLACES = (ErasedPlace(place="data keys", seen="none is left"),)
LAST_DAY = date(2027, 1, 29)
SAID_SINCE = MONDAY + timedelta(days=2)


def request(**other: Any) -> ErasureRequested:
    told: dict[str, Any] = {"no_duty_to_keep": True, "why": "Asked for by the person."}
    asked = Asked(request_id=REQUEST, account=ACCOUNT, asked_at=MONDAY)
    return ErasureRequested(hire_id=HIRE, asked=asked, **told | other)


def found(*fingerprints: str) -> KeysFound:
    keys = tuple(FoundKey(owner=str(HIRE), fingerprint=each) for each in fingerprints)
    return KeysFound(hire_id=HIRE, keys=keys)


def shredded() -> KeysShredded:
    return KeysShredded(hire_id=HIRE, shredded_at=MONDAY + timedelta(seconds=2), places=PLACES)


def gone() -> Life:
    """A hire that was cancelled, and whose access is closed."""
    return begun().provisioned().take(cancelled(), peer_gone())


def erased() -> Life:
    return gone().take(request(), found(FIRST), shredded())


def asked_for(life: Life) -> list[type[Message]]:
    """The steps of erasures that were asked for, in order."""
    return [type(each) for each in life.effects if isinstance(each, FindKeys | ShredKeys)]


def test_the_fingerprints_are_kept_before_the_keys_are_shredded() -> None:
    life = gone().take(request())
    assert asked_for(life) == [FindKeys]

    life.take(found(FIRST, SECOND))
    assert asked_for(life) == [FindKeys, ShredKeys]
    assert life.journey.erasure
    assert life.journey.erasure.keys == (FIRST, SECOND)
    assert life.told(PersonErased) == []


def test_the_receipt_tells_who_asked_which_keys_are_gone_and_what_was_seen() -> None:
    [receipt] = erased().told(PersonErased)

    assert (receipt.request_id, receipt.account) == (REQUEST, ACCOUNT)
    assert receipt.keys == (FIRST,)
    assert receipt.places == PLACES
    assert receipt.erased_at == MONDAY + timedelta(seconds=2)


def test_who_has_left_is_erased_like_one_who_never_came() -> None:
    life = at_work().take(leaving(LAST_DAY)).wait_until(MONDAY + timedelta(days=90))
    life.take(peer_gone(), request(), found(FIRST), shredded())

    assert life.status is HireStatus.LEFT
    assert len(life.told(PersonErased)) == 1


@pytest.mark.parametrize(
    ("live", "asked", "why"),
    [
        pytest.param(Life, request(), "no such hire", id="nobody knows the hire"),
        pytest.param(at_work, request(), "not over", id="who still works"),
        pytest.param(
            lambda: at_work().take(leaving(LAST_DAY)), request(), "not over", id="who leaves later"
        ),
        pytest.param(
            lambda: begun().provisioned().take(cancelled()),
            request(),
            "access to vpn was not read back as closed",
            id="access that may still be open",
        ),
        pytest.param(
            gone, request(no_duty_to_keep=False), "law asks to keep", id="a duty nobody looked up"
        ),
        pytest.param(
            lambda: gone().take(request()), request(), "being erased already", id="asked twice"
        ),
        pytest.param(erased, request(), "was erased already", id="erased before"),
    ],
)
def test_what_may_not_be_is_refused_with_the_reason(
    live: Callable[[], Life], asked: ErasureRequested, why: str
) -> None:
    life = live()
    decision = life.decide(asked)

    [refused] = decision.emit
    assert isinstance(refused, RequestRefused)
    assert why in refused.why
    assert (decision.effects, decision.state) == ((), life.state)


@pytest.mark.parametrize("step", [FindKeys, ShredKeys])
def test_a_step_that_is_given_up_is_told_to_who_asked_and_can_be_asked_again(
    step: type[FindKeys | ShredKeys],
) -> None:
    life = gone().take(request(), found(FIRST))
    life.take(EffectFailed(effect=step.type, reason="a delivery names the person", body="{}"))
    assert [each.why for each in life.told(RequestRefused)] == ["a delivery names the person"]

    life.take(request(), found(FIRST), shredded())
    assert len(life.told(PersonErased)) == 1


def test_who_is_taken_up_again_meanwhile_is_not_erased() -> None:
    life = gone().take(request()).wait(days=1).take(reported(), found(FIRST))

    assert ["taken up again" in each.why for each in life.told(RequestRefused)] == [True]
    assert asked_for(life) == [FindKeys]
    assert life.status is HireStatus.ANNOUNCED


def test_what_is_told_again_of_somebody_erased_is_erased_again_under_the_same_request() -> None:
    life = erased().wait(days=3).take(reported(at=MONDAY - timedelta(days=1)))
    assert asked_for(life) == [FindKeys, ShredKeys, FindKeys]

    life.take(found(SECOND), shredded())
    assert [each.keys for each in life.told(PersonErased)] == [(FIRST,), (FIRST, SECOND)]
    assert {each.request_id for each in life.told(PersonErased)} == {REQUEST}


def test_what_was_told_again_and_left_nothing_needs_no_second_receipt() -> None:
    life = erased().take(cancelled(), found())

    assert asked_for(life) == [FindKeys, ShredKeys, FindKeys]
    assert len(life.told(PersonErased)) == 1
    assert life.journey.pending_erasure is None


def test_what_is_told_while_keys_are_shredded_is_erased_after_them() -> None:
    life = gone().take(request(), found(FIRST), cancelled(), shredded())
    assert asked_for(life) == [FindKeys, ShredKeys, FindKeys]

    life.take(found(SECOND), shredded())
    assert life.journey.pending_erasure is None
    assert [each.keys for each in life.told(PersonErased)][-1] == (FIRST, SECOND)


def test_a_rehire_is_somebody_new_and_can_be_erased_when_that_is_over() -> None:
    life = erased().wait(days=3).take(reported(starts_on=START + timedelta(days=30)))
    assert len(life.told(HireAnnounced)) == 2
    assert life.journey.erasure is None

    life.take(cancelled(), request(), found(SECOND), shredded())
    assert [each.keys for each in life.told(PersonErased)] == [(FIRST,), (SECOND,)]


@pytest.mark.parametrize("late", [found(FIRST), shredded()])
def test_an_answer_that_nobody_waits_for_changes_nothing(late: KeysFound | KeysShredded) -> None:
    life = gone()
    decision = life.decide(late)

    assert (decision.state, decision.emit, decision.effects) == (life.state, (), ())


def correction(worker: str) -> ContactCorrectionRequested:
    asked = Asked(request_id=REQUEST, account=ACCOUNT, asked_at=SAID_SINCE)
    return ContactCorrectionRequested(hire_id=HIRE, asked=asked, worker=worker, why="A typo.")


def test_a_contact_is_corrected_until_the_hr_system_tells_of_it() -> None:
    other = f"sealed.v1.{HIRE}.b3RoZXI"
    life = begun().clear().wait(days=1).take(correction(other))
    assert [each.changed for each in life.told(HireChanged)] == [("worker",)]
    assert life.journey.profile.worker == other

    life.wait(days=1).take(reported())
    assert life.journey.profile.worker != other


def test_a_correction_that_changes_nothing_is_refused() -> None:
    life = begun()
    life.take(correction(life.journey.profile.worker))

    assert ["known already" in each.why for each in life.told(RequestRefused)] == [True]
