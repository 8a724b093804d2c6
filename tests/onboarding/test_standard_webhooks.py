"""Standard Webhooks: who may report a hire."""

from base64 import b64encode
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks import Webhook

from libs.common.intake import REPLAY_WINDOW, Delivery, Source, Unauthorized
from services.onboarding.sources.standard import StandardWebhooks

SOURCE = StandardWebhooks()
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
SECRET = "whsec_" + b64encode(b"a key of twenty-four by").decode()
OTHER = "whsec_" + b64encode(b"another key, not for us!").decode()
BODY = '{"type":"hire.cancelled","data":{"employment_ref":"E-1042","note":"Zoë"}}'


def signed(
    body: str = BODY,
    *,
    secret: str = SECRET,
    at: datetime = NOW,
    delivery_id: str = "msg_2LJB0000000000000000000001",
) -> Delivery:
    """A delivery as the reference implementation signs it."""
    headers = {
        "webhook-id": delivery_id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": Webhook(secret).sign(delivery_id, at, body),
    }
    return Delivery("standard", headers, body.encode())


def with_header(delivery: Delivery, name: str, value: str | None) -> Delivery:
    others = {key: text for key, text in delivery.headers.items() if key != name}
    return replace(delivery, headers=others if value is None else {**others, name: value})


def signature(delivery: Delivery) -> str:
    return delivery.headers["webhook-signature"]


def test_it_is_a_source() -> None:
    source: Source = SOURCE
    assert source.name == "standard"
    assert source.accepted_status == 202


@pytest.mark.parametrize(
    "delivery",
    [
        pytest.param(signed(), id="signed just now"),
        pytest.param(signed(at=NOW - REPLAY_WINDOW), id="at the old end of the window"),
        pytest.param(signed(at=NOW + REPLAY_WINDOW), id="at the young end of the window"),
        pytest.param(
            with_header(signed(), "webhook-signature", f"v1,AAAA {signature(signed())}"),
            id="one of several signatures",
        ),
        pytest.param(
            with_header(signed(), "webhook-signature", f"v1a,ed25519 {signature(signed())}"),
            id="beside a signature of a version not known here",
        ),
        pytest.param(
            with_header(signed(), "webhook-signature", f"nocomma  {signature(signed())}"),
            id="beside a signature without a comma",
        ),
    ],
)
def test_a_delivery_is_let_in(delivery: Delivery) -> None:
    SOURCE.verify(delivery, [SECRET], NOW)


@pytest.mark.parametrize("secrets", [[SECRET, OTHER], [OTHER, SECRET]], ids=["first", "second"])
def test_either_live_secret_will_do_while_one_is_rolled(secrets: list[str]) -> None:
    SOURCE.verify(signed(), secrets, NOW)


def test_a_secret_may_come_without_prefix_or_padding() -> None:
    bare = SECRET.removeprefix("whsec_").rstrip("=")
    SOURCE.verify(signed(secret=bare), [bare], NOW)
    SOURCE.verify(signed(secret=bare), [SECRET], NOW)


@pytest.mark.parametrize(
    ("delivery", "reason"),
    [
        pytest.param(
            replace(signed(), body=BODY.replace("E-1042", "E-1043").encode()),
            "does not match",
            id="another body",
        ),
        pytest.param(
            replace(signed(), body=BODY.encode() + b"\n"), "does not match", id="one byte more"
        ),
        pytest.param(signed(secret=OTHER), "does not match", id="another secret"),
        pytest.param(
            with_header(signed(), "webhook-id", "msg_other"), "does not match", id="another id"
        ),
        pytest.param(
            with_header(signed(), "webhook-timestamp", str(int(NOW.timestamp()) + 1)),
            "does not match",
            id="another time inside the window",
        ),
        pytest.param(
            signed(at=NOW - REPLAY_WINDOW - timedelta(seconds=1)), "too old", id="a second too old"
        ),
        pytest.param(
            signed(at=NOW + REPLAY_WINDOW + timedelta(seconds=1)),
            "too far ahead",
            id="a second too far ahead",
        ),
        pytest.param(
            with_header(signed(), "webhook-signature", signature(signed()).replace("v1,", "v2,")),
            "does not match",
            id="the right signature under another version",
        ),
        pytest.param(
            with_header(signed(), "webhook-signature", signature(signed()).removeprefix("v1,")),
            "does not match",
            id="no version and no comma",
        ),
        pytest.param(with_header(signed(), "webhook-signature", ""), "does not match", id="empty"),
        pytest.param(
            with_header(signed(), "webhook-signature", "v1,é\udcff\x00"),
            "does not match",
            id="garbage",
        ),
        pytest.param(
            with_header(signed(), "webhook-signature", None),
            "webhook-signature is missing",
            id="unsigned",
        ),
        pytest.param(
            with_header(signed(), "webhook-id", None), "webhook-id is missing", id="no id"
        ),
        pytest.param(
            with_header(signed(), "webhook-id", "x" * 201), "1 to 200 visible", id="endless id"
        ),
        pytest.param(
            with_header(signed(), "webhook-timestamp", None),
            "webhook-timestamp is missing",
            id="no time",
        ),
        pytest.param(
            with_header(signed(), "webhook-timestamp", "2026-11-23"), "seconds", id="a civil date"
        ),
        pytest.param(with_header(signed(), "webhook-timestamp", "nan"), "seconds", id="no number"),
        pytest.param(
            with_header(signed(), "webhook-timestamp", "١٧٩٤٨"), "seconds", id="other digits"
        ),
        pytest.param(
            with_header(signed(), "webhook-timestamp", "9" * 400), "seconds", id="endless time"
        ),
        pytest.param(
            with_header(signed(), "webhook-timestamp", "9" * 11), "far ahead", id="year 5138"
        ),
    ],
)
def test_a_delivery_is_turned_away(delivery: Delivery, reason: str) -> None:
    with pytest.raises(Unauthorized, match=reason) as caught:
        SOURCE.verify(delivery, [SECRET], NOW)
    assert SECRET.removeprefix("whsec_") not in str(caught.value)


def test_nobody_is_let_in_where_there_is_no_secret() -> None:
    with pytest.raises(Unauthorized):
        SOURCE.verify(signed(), [], NOW)


@pytest.mark.parametrize("secret", ["", "whsec_", "whsec_not base64!", "whsec_é"])
def test_a_secret_in_another_form_is_the_operators_to_correct(secret: str) -> None:
    with pytest.raises(ValueError, match="correct hook_standard") as caught:
        SOURCE.verify(signed(), [secret], NOW)
    assert "not base64!" not in str(caught.value)


@given(st.binary(max_size=300), st.text(max_size=80))
def test_no_signature_made_up_lets_anybody_in(body: bytes, made_up: str) -> None:
    delivery = with_header(replace(signed(), body=body), "webhook-signature", made_up)
    with pytest.raises(Unauthorized):
        SOURCE.verify(delivery, [SECRET], NOW)


def test_a_repeated_delivery_has_the_same_id() -> None:
    again = signed(at=NOW + timedelta(minutes=3))
    assert SOURCE.delivery_id(signed()) == SOURCE.delivery_id(again)
    assert SOURCE.delivery_id(signed(delivery_id="msg_other")) != SOURCE.delivery_id(again)
