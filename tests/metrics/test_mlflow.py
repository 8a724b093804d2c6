"""MLflow: who may speak, what is made of what it says, and what is asked for."""

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from libs.common.decider import SetTimer
from libs.common.intake import REPLAY_WINDOW, Delivery, Source, Unauthorized, Unreadable
from libs.common.message import EffectFailed
from services.metrics.mlflow.training import (
    LOOKS,
    LookAgain,
    TrainingEnded,
    TrainingUnderWay,
    ask_for_new,
    ask_for_served,
    look_again,
    note_ended,
    note_trouble,
    training,
    wait,
)
from services.metrics.observations import (
    ModelAliasMoved,
    ModelTrained,
    ModelVersionRegistered,
    ModelVersionTagged,
    Observation,
)
from services.metrics.sources.line import observe
from services.metrics.sources.mlflow import MLflow

MLFLOW = MLflow()
PAYLOADS = Path(__file__).parent / "payloads"
CAPTURED = [path.stem for path in sorted(PAYLOADS.glob("mlflow_*.*.json"))]
RUN = "79f7e930f359400d953ab3bd77203c6d"
NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)


def captured(name: str) -> tuple[Delivery, str, datetime]:
    """A delivery as it was captured, its secret, and when it was signed."""
    content: dict[str, Any] = json.loads((PAYLOADS / f"{name}.json").read_text(encoding="utf-8"))
    headers = {key.lower(): value for key, value in content["_headers"].items()}
    signed_at = datetime.fromtimestamp(int(headers["x-mlflow-timestamp"]), UTC)
    delivery = Delivery("mlflow", headers, content["_raw_body"].encode())
    return delivery, content["_secret_used"], signed_at


def read(name: str, /, **data: object) -> Observation:
    content = json.loads(captured(f"mlflow_{name}")[0].body)
    content["data"].update(data)
    (observation,) = MLFLOW.read(json.dumps(content).encode())
    return observation


def test_it_is_a_source() -> None:
    source: Source = MLFLOW
    assert (source.name, source.accepted_status) == ("mlflow", 202)


@pytest.mark.parametrize("name", CAPTURED)
def test_what_was_captured_is_let_in_in_its_time_only(name: str) -> None:
    delivery, secret, signed_at = captured(name)
    MLFLOW.verify(delivery, ["another", secret], signed_at + REPLAY_WINDOW)
    with pytest.raises(Unauthorized, match="5 minutes"):
        MLFLOW.verify(delivery, [secret], signed_at + REPLAY_WINDOW + timedelta(seconds=1))


@pytest.mark.parametrize("name", CAPTURED)
@pytest.mark.parametrize(
    "header", ["x-mlflow-signature", "x-mlflow-timestamp", "x-mlflow-delivery-id"]
)
def test_nothing_of_what_is_signed_may_be_missing_or_other(name: str, header: str) -> None:
    delivery, secret, signed_at = captured(name)
    others = {k: v for k, v in delivery.headers.items() if k != header}
    with pytest.raises(Unauthorized, match=r"(?i)" + header):
        MLFLOW.verify(Delivery("mlflow", others, delivery.body), [secret], signed_at)
    changed = {**delivery.headers, header: delivery.headers[header][:-1] + "0"}
    later = signed_at if header != "x-mlflow-timestamp" else signed_at + timedelta(seconds=3)
    if changed != delivery.headers:
        with pytest.raises(Unauthorized, match="does not match"):
            MLFLOW.verify(Delivery("mlflow", changed, delivery.body), [secret], later)


@pytest.mark.parametrize("live", [[], [""], ["guessed"]], ids=["none", "empty", "wrong"])
def test_without_its_secret_nobody_may_speak(live: list[str]) -> None:
    delivery, _, signed_at = captured(CAPTURED[0])
    with pytest.raises(Unauthorized, match="does not match"):
        MLFLOW.verify(delivery, live, signed_at)


def test_a_body_that_was_changed_is_turned_away() -> None:
    delivery, secret, signed_at = captured("mlflow_model_version_alias.created")
    forged = delivery.body.replace(b'"version": "1"', b'"version": "9"')
    with pytest.raises(Unauthorized, match="does not match"):
        MLFLOW.verify(Delivery("mlflow", delivery.headers, forged), [secret], signed_at)


def test_a_version_is_registered_under_a_name_of_its_own() -> None:
    assert read("model_version.created") == ModelVersionRegistered(
        source="mlflow",
        event_id="version/fraud/1",
        entity="model/fraud",
        occurred_at=datetime(2026, 11, 22, 5, 19, 1, 876133, tzinfo=UTC),
        version="1",
        run=RUN,
    )


def test_an_alias_that_is_set_goes_to_a_version() -> None:
    observation = read("model_version_alias.created")
    assert isinstance(observation, ModelAliasMoved)
    assert (observation.alias, observation.version, observation.production) == (
        "champion",
        "1",
        True,
    )
    assert observation.event_id == "alias/fraud/champion/1/2026-11-22T05:19:03.716295+00:00"


def test_an_alias_that_is_deleted_goes_nowhere() -> None:
    observation = read("model_version_alias.deleted")
    assert isinstance(observation, ModelAliasMoved)
    assert (observation.alias, observation.version) == ("champion", None)


@pytest.mark.parametrize(
    ("alias", "production"), [("Champion", True), ("prod", True), ("challenger", False)]
)
def test_which_aliases_are_production(alias: str, production: bool) -> None:  # noqa: FBT001  # a case of the table
    observation = read("model_version_alias.created", alias=alias)
    assert isinstance(observation, ModelAliasMoved)
    assert observation.production is production


def test_a_tag_is_set_and_taken_away() -> None:
    tagged = read("model_version_tag.set")
    assert isinstance(tagged, ModelVersionTagged)
    assert (tagged.version, tagged.tag, tagged.value) == ("1", "validation", "passed")
    content = json.loads(captured("mlflow_model_version_tag.set")[0].body)
    content |= {"action": "deleted", "data": {"name": "fraud", "version": "1", "key": "validation"}}
    (gone,) = MLFLOW.read(json.dumps(content).encode())
    assert isinstance(gone, ModelVersionTagged)
    assert gone.value is None


@pytest.mark.parametrize(
    "what", ["registered_model.created", "prompt_alias.created", "budget_policy.exceeded"]
)
def test_what_no_figure_is_made_of_is_empty(what: str) -> None:
    entity, _, action = what.partition(".")
    said: dict[str, Any] = {
        "entity": entity,
        "action": action,
        "timestamp": NOW.isoformat(),
        "data": {},
    }
    assert MLFLOW.read(json.dumps(said).encode()) == ()


def test_two_subscriptions_tell_one_version_once() -> None:
    assert read("model_version.created").name == read("model_version.created").name


def test_a_name_that_is_too_long_is_still_one_name() -> None:
    long = read("model_version_tag.set", name="m" * 200, key="k" * 200)
    assert len(long.event_id) < 100
    assert long.name == read("model_version_tag.set", name="m" * 200, key="k" * 200).name


@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        pytest.param("model_version_alias.created", {"version": None}, r"data\.version", id="none"),
        pytest.param("model_version_alias.deleted", {"name": ""}, r"data\.name", id="no model"),
        pytest.param("model_version.created", {"version": "\x00"}, r"data\.version", id="a NUL"),
    ],
)
def test_what_cannot_be_read_says_where(name: str, data: dict[str, object], says: str) -> None:
    with pytest.raises(Unreadable, match=says):
        read(name, **data)


REGISTERED = ModelVersionRegistered(
    source="mlflow", event_id="v", entity="model/fraud", occurred_at=NOW, version="1", run=RUN
)
SERVED = ModelAliasMoved(
    source="mlflow",
    event_id="a",
    entity="model/fraud",
    occurred_at=NOW,
    alias="champion",
    production=True,
    version="1",
)


def test_the_run_of_a_version_is_asked_for_once() -> None:
    first = ask_for_new(None, REGISTERED, NOW)
    (asked,) = first.effects
    assert (asked.model_dump()["model"], asked.model_dump()["run"]) == ("fraud", RUN)
    assert ask_for_new(first.state, REGISTERED, NOW).effects == ()
    assert ask_for_served(first.state, SERVED, NOW).effects == ()


def test_a_version_that_serves_and_was_never_told_of_is_asked_for() -> None:
    (asked,) = ask_for_served(None, SERVED, NOW).effects
    assert asked.model_dump()["run"] is None
    keys = [training.rules[each.type].key for each in (SERVED, REGISTERED)]
    assert (
        len({key(event) for key, event in zip(keys, (SERVED, REGISTERED), strict=True) if key}) == 1
    )


@pytest.mark.parametrize("changes", [{"version": None}, {"production": False}], ids=str)
def test_an_alias_that_serves_nobody_asks_for_nothing(changes: dict[str, object]) -> None:
    assert ask_for_served(None, SERVED.evolve(**changes), NOW).effects == ()


def test_what_could_not_be_asked_is_asked_again_at_the_next_event() -> None:
    state = ask_for_new(None, REGISTERED, NOW).state
    failed = note_trouble(state, EffectFailed(effect="f", reason="not set up", body="{}"), NOW)
    assert failed.state is not None
    assert failed.state.trouble == "not set up"
    (asked,) = ask_for_served(failed.state, SERVED, NOW).effects
    assert asked.model_dump()["run"] == RUN


def test_a_run_that_goes_on_is_looked_at_later_each_time_and_not_for_ever() -> None:
    state = ask_for_new(None, REGISTERED, NOW).state
    waits: list[timedelta] = []
    for _ in range(LOOKS + 1):
        decision = wait(state, TrainingUnderWay(), NOW)
        waits += [each.due - NOW for each in decision.timers if isinstance(each, SetTimer)]
        assert len(look_again(decision.state, LookAgain(), NOW).effects) == 1
        state = decision.state
    assert waits == [timedelta(minutes=2**n) for n in range(LOOKS - 1)]
    assert state is not None
    assert state.trouble == "the run never ended"


def test_a_run_that_ended_is_an_observation() -> None:
    ended = TrainingEnded(
        model="fraud", version="1", run=RUN, ended_at=NOW, metrics={"f1": Decimal("0.91")}
    )
    observation = observe(ended, "reply")
    assert isinstance(observation, ModelTrained)
    assert (observation.entity, observation.occurred_at) == ("model/fraud", NOW)
    assert observation.name == observe(ended, "another try").name
    state = ask_for_new(None, REGISTERED, NOW).state
    known = note_ended(state, ended, NOW).state
    assert known is not None
    assert known.known
