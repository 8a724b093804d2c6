"""Every KPI does what its own worked examples say, and a bad definition says what is wrong."""

from pathlib import Path

import pytest

from services.metrics.kpi import (
    FOLDER,
    Definition,
    DefinitionError,
    Example,
    load_definition,
    load_definitions,
)
from tests.metrics.observed import figures_from

DEFINITIONS = load_definitions()
FREQUENCY = (FOLDER / "deployment-frequency.yaml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("definition", "example"),
    [
        pytest.param(definition, example, id=f"{definition.name}: {example.says}")
        for definition in DEFINITIONS
        for example in definition.examples
    ],
)
def test_a_kpi_comes_to_its_worked_example(definition: Definition, example: Example) -> None:
    expected = {(str(each.bucket), each.group): each.value for each in example.figures}
    assert figures_from(definition, list(example.observations)) == expected


@pytest.mark.parametrize("definition", DEFINITIONS, ids=lambda definition: definition.name)
def test_no_data_is_no_figure(definition: Definition) -> None:
    assert definition.formula.value([]) is None
    assert figures_from(definition, []) == {}


@pytest.mark.parametrize(
    ("right", "wrong", "says"),
    [
        pytest.param("timezone: UTC", "timezone: Mars/Base", "timezone", id="a zone of no clock"),
        pytest.param("fact: deployment", "fact: deploymnt", "fact must be one of", id="no fact"),
        pytest.param("[service]", "[team]", "have no dimension team", id="no such dimension"),
        pytest.param("{production:", "{prod:", "have no dimension prod;", id="a filter on nothing"),
        pytest.param("kind: count", "kind: guess", "formula", id="no such formula"),
        pytest.param("owner: manager", "owner: nobody", "owner", id="nobody owns it"),
        pytest.param("version: 1", "version: 0", "version", id="version nought"),
        pytest.param("unit:", "units:", "unit: Field required", id="a misspelt key"),
        pytest.param("bucket: day", "bucket: [", "is not YAML", id="not YAML"),
    ],
)
def test_a_definition_that_cannot_be_used_names_file_and_place(
    tmp_path: Path, right: str, wrong: str, says: str
) -> None:
    file = tmp_path / "deployment-frequency.yaml"
    file.write_text(FREQUENCY.replace(right, wrong, 1), encoding="utf-8")
    with pytest.raises(DefinitionError, match=r"^deployment-frequency\.yaml") as refused:
        load_definition(file)
    assert says in str(refused.value)


def test_a_share_of_a_dimension_that_is_not_there_is_refused(tmp_path: Path) -> None:
    text = (FOLDER / "traced-deployments.yaml").read_text(encoding="utf-8")
    file = tmp_path / "traced-deployments.yaml"
    file.write_text(text.replace('of: {traced: "yes"}', 'of: {linked: "yes"}'), encoding="utf-8")
    with pytest.raises(DefinitionError, match="have no dimension linked"):
        load_definition(file)


def test_a_file_is_named_after_what_it_defines(tmp_path: Path) -> None:
    (tmp_path / "frequency.yaml").write_text(FREQUENCY, encoding="utf-8")
    with pytest.raises(DefinitionError, match="the names must agree"):
        load_definitions(tmp_path)
