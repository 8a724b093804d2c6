"""Objectives and key results: data in `okrs/*.yaml`, each key result tied to one KPI."""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Final, Literal, Self, cast
from zoneinfo import ZoneInfo

import yaml
from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    PositiveInt,
    StringConstraints,
    ValidationError,
    model_validator,
)

from libs.common.contracts.metrics import KeyResultStatus, Line, Slug
from libs.common.contracts.values import Owner
from services.metrics.buckets import Period
from services.metrics.expected_paths import Band, Course
from services.metrics.expected_paths import Path as ExpectedPath
from services.metrics.kpi import ALL, Definition, DefinitionError, by_name, places

FOLDER: Final = Path(__file__).parent / "okrs"
SHARED: Final = ("objective", "team", "owner", "start", "end")

ShortUnit = Annotated[str, StringConstraints(min_length=1, max_length=40)]


class Example(BaseModel):
    """A worked example, which is a test: figures by bucket, and how the key result then stands.

    Figures are in the key result's unit; `as_of` is the first day of the bucket that is still open.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    says: str
    figures: Mapping[date, Decimal]
    as_of: date
    status: KeyResultStatus


class KeyResult(BaseModel):
    """One key result, with what it shares with its siblings under the same objective.

    The figures of `kpi` in `group` are divided by `scale` and judged bucket by bucket against
    `path`, from `baseline` to `target`; the cadence is that of the KPI's buckets. `spread` is by
    how much one bucket scatters round its path by chance: a standard deviation, in the unit.
    Without a figure for `stale_after` buckets it is stale. Once its owner was asked to decide,
    nothing more is asked for `review_after` days. `timezone` is the KPI's, filled in when loaded.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    objective: Line
    team: Slug
    owner: Owner
    start: date
    end: date
    name: Slug
    title: Line
    kpi: str
    group: str = ALL
    unit: ShortUnit
    scale: Decimal = Field(default=Decimal(1), gt=0)
    cadence: Literal[Period.DAY, Period.WEEK]
    baseline: Decimal | None = None
    target: Decimal | None = None
    path: ExpectedPath
    spread: Decimal = Field(gt=0)
    stale_after: PositiveInt = 3
    review_after: PositiveInt = 7
    decide: Line
    timezone: str = "UTC"
    examples: tuple[Example, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.start >= self.end:
            raise ValueError("start must be before end")
        ends = (self.baseline, self.target)
        if isinstance(self.path, Band):
            if ends != (None, None):
                raise ValueError("a band has no baseline and no target: it is kept, not reached")
        elif None in ends or self.baseline == self.target:
            raise ValueError("baseline and target are needed, and must differ")
        return self

    @cached_property
    def course(self) -> Course:
        """From where to where; for a band, from its middle to its middle."""
        if isinstance(self.path, Band):
            return Course(self.start, self.end, self.path.middle, self.path.middle)
        baseline, target = cast("Decimal", self.baseline), cast("Decimal", self.target)
        return Course(self.start, self.end, baseline, target)

    @property
    def zone(self) -> ZoneInfo:
        """The time zone of its buckets."""
        return ZoneInfo(self.timezone)

    @property
    def cell(self) -> tuple[str, str]:
        """The dimension and the member whose figures count."""
        dimension, _, member = self.group.partition("=")
        return (dimension, member) if member else (ALL, ALL)


class Objective(BaseModel):
    """What a team wants to reach by a day, and the key results that show whether it does."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    objective: Line
    team: Slug
    owner: Owner
    start: date
    end: date
    key_results: tuple[KeyResult, ...] = Field(min_length=1)

    @model_validator(mode="before")
    @classmethod
    def _shared(cls, said: Any) -> Any:
        """Give each key result what stands once for all of them."""
        if not isinstance(said, Mapping):
            return said
        data = dict(cast("Mapping[str, Any]", said))
        shared = {name: data[name] for name in SHARED if name in data}
        each: Any = data.get("key_results")
        if isinstance(each, list):
            results = cast("list[Any]", each)
            data["key_results"] = [
                {**shared, **one} if isinstance(one, Mapping) else one for one in results
            ]
        return data


def load_key_results(
    definitions: Iterable[Definition], folder: Path = FOLDER
) -> tuple[KeyResult, ...]:
    """Every key result of a folder, by name; raises DefinitionError."""
    kpis = by_name(definitions)
    found: dict[str, KeyResult] = {}
    for path in sorted(folder.glob("*.yaml")):
        for each in load_objective(path).key_results:
            if each.name in found:
                raise DefinitionError(f"{path.name}: {each.name} is defined twice")
            if (wrong := _misfit(each, kpis)) is not None:
                raise DefinitionError(f"{path.name}: {each.name}: {wrong}")
            found[each.name] = each.model_copy(update={"timezone": kpis[each.kpi].timezone})
    return tuple(found[name] for name in sorted(found))


def load_objective(path: Path) -> Objective:
    """Read one objective; raises DefinitionError."""
    try:
        return Objective.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except yaml.YAMLError as error:
        raise DefinitionError(f"{path.name} is not YAML: {error}") from error
    except ValidationError as error:
        raise DefinitionError(f"{path.name}: {places(error)}") from error


def _misfit(key_result: KeyResult, kpis: Mapping[str, Definition]) -> str | None:
    """What is wrong between a key result and its KPI."""
    kpi = kpis.get(key_result.kpi)
    if kpi is None:
        return f"there is no KPI {key_result.kpi}"
    if kpi.bucket is not key_result.cadence:
        return f"{kpi.name} has a figure for each {kpi.bucket}, and the cadence must be the same"
    dimension, _ = key_result.cell
    if dimension not in (ALL, *kpi.dimensions):
        return f"{kpi.name} has no dimension {dimension}; it has {', '.join(kpi.dimensions)}"
    return None
