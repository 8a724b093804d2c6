"""KPI definitions: data in `kpis/*.yaml`, checked when they are read, with worked examples."""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Final, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import yaml
from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    PositiveInt,
    StringConstraints,
    ValidationError,
    field_validator,
    model_validator,
)

from libs.common.contracts.values import Owner
from services.metrics.buckets import Period
from services.metrics.folds import FACT_KINDS
from services.metrics.formulas import Formula, Share
from services.metrics.observations import KINDS, Observation

FOLDER: Final = Path(__file__).parent / "kpis"
ALL: Final = "all"

KpiName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$")]


class DefinitionError(ValueError):
    """A definition cannot be used; the text names the file, the place and what is wrong there."""


class ExpectedFigure(BaseModel):
    """A figure that a worked example comes to; `group` is `all` or `dimension=member`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    bucket: date
    group: str = ALL
    value: Decimal


class Example(BaseModel):
    """A worked example, which is a test: what was observed, and every figure it comes to.

    Each observation is a mapping of its kind to its fields.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    says: str
    observed: tuple[Mapping[str, Mapping[str, Any]], ...]
    figures: tuple[ExpectedFigure, ...]

    @cached_property
    def observations(self) -> tuple[Observation, ...]:
        """What was observed, as if a source named `example` had told it."""
        return tuple(
            KINDS[kind].model_validate({"source": "example", **fields})
            for each in self.observed
            for kind, fields in each.items()
        )


class Definition(BaseModel):
    """What a KPI means and how it is computed.

    Facts of the kind `fact` whose dimensions are as in `where` are put into buckets of `bucket`,
    such as a day or a week in `timezone`, by the moment they count; `formula` makes one figure of
    each bucket, over all of them and again for each member of each of `dimensions`. A change of
    meaning is a new `version`. `reference` says where the definition comes from.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: KpiName
    version: PositiveInt
    title: str
    meaning: str
    reference: str
    owner: Owner
    unit: str
    fact: str
    where: Mapping[str, str] = Field(default_factory=dict[str, str])
    formula: Formula
    bucket: Period
    timezone: str
    dimensions: tuple[str, ...] = ()
    examples: tuple[Example, ...] = Field(min_length=1)

    @property
    def id(self) -> str:
        """Name and version, as they stand beside every figure."""
        return f"{self.name}@{self.version}"

    @cached_property
    def zone(self) -> ZoneInfo:
        """The time zone of the buckets."""
        return ZoneInfo(self.timezone)

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            raise ValueError("must be an IANA time zone such as UTC or Europe/Berlin") from error
        return name

    @model_validator(mode="after")
    def _known_facts(self) -> Self:
        known = FACT_KINDS.get(self.fact)
        if known is None:
            raise ValueError(f"fact must be one of {', '.join(sorted(FACT_KINDS))}")
        shared = tuple(self.formula.of) if isinstance(self.formula, Share) else ()
        for name in (*self.where, *self.dimensions, *shared):
            if name not in known:
                raise ValueError(
                    f"{self.fact} facts have no dimension {name}; "
                    f"they have {', '.join(sorted(known))}"
                )
        return self


def load_definitions(folder: Path = FOLDER) -> tuple[Definition, ...]:
    """Every definition of a folder, by name; raises DefinitionError."""
    loaded = [load_definition(path) for path in sorted(folder.glob("*.yaml"))]
    for path, definition in zip(sorted(folder.glob("*.yaml")), loaded, strict=True):
        if path.stem != definition.name:
            raise DefinitionError(f"{path.name} defines {definition.name}: the names must agree")
    return tuple(loaded)


def load_definition(path: Path) -> Definition:
    """Read one definition; raises DefinitionError."""
    try:
        return Definition.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except yaml.YAMLError as error:
        raise DefinitionError(f"{path.name} is not YAML: {error}") from error
    except ValidationError as error:
        raise DefinitionError(f"{path.name}: {places(error)}") from error


def places(error: ValidationError) -> str:
    """Where a definition is wrong, and what is wrong there."""
    return "; ".join(
        f"{'.'.join(map(str, each['loc'])) or 'definition'}: {each['msg']}"
        for each in error.errors()
    )


def by_name(definitions: Iterable[Definition]) -> dict[str, Definition]:
    """Definitions under their names."""
    return {each.name: each for each in definitions}
