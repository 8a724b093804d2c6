"""Every event of a hire has words: a story shows sentences, not names of the wire."""

import pytest

from libs.common.message import Event
from services.console.projection import CONTACTS, OF_A_HIRE
from services.console.telling import tell


@pytest.mark.parametrize("event", OF_A_HIRE, ids=lambda event: event.type)
def test_every_event_of_a_hire_is_told_in_words(event: type[Event]) -> None:
    example = event.model_validate(event.example)
    line = tell(event.type, example.model_dump(mode="json", exclude=CONTACTS))

    assert line.says
    assert event.type not in line.says
    assert "sealed" not in line.says + line.detail


def test_an_event_of_a_later_release_is_told_by_its_name() -> None:
    assert tell("hire.promoted.v1", {}).says == "hire.promoted.v1"
