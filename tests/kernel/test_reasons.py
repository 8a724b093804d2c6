"""Why a message was set aside says what and where, and never a value of it."""

import logging
from typing import Annotated, Literal
from uuid import UUID

import pytest
from pydantic import AfterValidator, BaseModel, Field, ValidationError

from libs.common.fold import describe
from libs.common.logs import JsonLines

CANARY = "Ada Canary"


def known(name: str) -> str:
    if name == CANARY:
        raise ValueError(f"{name} is not known")
    return name


class Home(BaseModel):
    kind: Literal["home"]
    street: str


class Office(BaseModel):
    kind: Literal["office"]
    floor: int


class Person(BaseModel):
    id: UUID
    name: Annotated[str, AfterValidator(known)]
    place: Annotated[Home | Office, Field(discriminator="kind")]
    friends: dict[str, int] = {}


@pytest.mark.parametrize(
    ("body", "said"),
    [
        pytest.param('{"id": "Ada Canary"}', "id: Input should be a valid UUID", id="no uuid"),
        pytest.param('{"name": "Ada Canary"}', "name: not a valid value", id="our own check"),
        pytest.param('{"place": {"kind": "Ada Canary"}}', "place: not a valid value", id="union"),
        pytest.param('{"friends": {"Ada Canary": "x"}}', "friends.*: Input", id="key of a map"),
        pytest.param('{"friends": {"ada_canary": "x"}}', "friends.*: Input", id="key like a name"),
        pytest.param('"Ada Canary"', "body: Input should be an object", id="no object"),
        pytest.param("Ada Canary", "body: Invalid JSON", id="no JSON"),
    ],
)
def test_a_description_tells_places_and_no_values(body: str, said: str) -> None:
    with pytest.raises(ValidationError) as caught:
        Person.model_validate_json(body)
    described = describe(caught.value, Person)
    assert said in described
    assert "canary" not in described.lower()


def test_what_the_operator_set_is_told_in_the_words_of_the_check() -> None:
    with pytest.raises(ValidationError) as caught:
        Person.model_validate_json('{"name": "Ada Canary"}')
    assert "Ada Canary is not known" in describe(caught.value, trusted=True)


def fail_for(name: str) -> None:
    try:
        known(name)
    except ValueError as error:
        raise RuntimeError(f"for {name}") from error


def test_a_log_keeps_the_place_of_an_error_and_drops_its_text() -> None:
    with pytest.raises(RuntimeError) as caught:
        fail_for(CANARY)
    record = logging.getLogger("test").makeRecord(
        "test", logging.ERROR, __file__, 1, "it failed", (), None
    )
    record.exc_info = (caught.type, caught.value, caught.tb)
    line = JsonLines("%(message)s").format(record)
    assert "RuntimeError at tests.kernel.test_reasons:" in line
    assert "Canary" not in line
