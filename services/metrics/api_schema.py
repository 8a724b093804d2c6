"""The shapes of what the API answers."""

from datetime import date, datetime
from decimal import Decimal

from pydantic import BaseModel, Field

from services.metrics.kpi import Definition
from services.metrics.reports import Behind, EventBehind, FigureRow


class EventOut(BaseModel):
    """An event that a figure was made of, by the names its sender gave it."""

    source: str
    event_id: str
    type: str = Field(description="What was observed, such as DeploymentFinished.")
    entity: str = Field(description="Of what it was observed, such as `hire/ID`.")
    occurred_at: datetime = Field(description="When it happened, in UTC.")
    recorded_at: datetime = Field(description="When it became known here, in UTC.")

    @classmethod
    def of(cls, event: EventBehind) -> "EventOut":
        """The event as the API shows it."""
        return cls(
            source=event.name.source,
            event_id=event.name.event_id,
            type=event.type,
            entity=event.entity,
            occurred_at=event.occurred_at,
            recorded_at=event.recorded_at,
        )


class CauseOut(BaseModel):
    """The event that made a figure what it is."""

    source: str
    event_id: str


class FigureOut(BaseModel):
    """One figure of a KPI, as it stands."""

    bucket: date = Field(description="The first day of its day or week, in the KPI's time zone.")
    group: str = Field(description="`all`, or a dimension and its member: `service=ranking`.")
    value: Decimal | None = Field(
        description="Exact, as text, in the KPI's unit. null: there were data and they were "
        "taken back. A bucket that never had any is not listed; silence is never 0."
    )
    definition: str = Field(description="The KPI and the version that computed it: `name@1`.")
    revision: int = Field(description="1 when it was first known, one more at every change.")
    changed_at: datetime = Field(description="Since when it stands, in UTC.")
    cause: CauseOut
    events: tuple[EventOut, ...] = Field(
        default=(), description="The first events behind it, by when they happened."
    )
    events_total: int = Field(default=0, description="How many events are behind it in all.")

    @classmethod
    def of(cls, row: FigureRow, behind: Behind) -> "FigureOut":
        """The figure as the API shows it."""
        return cls(
            bucket=row.cell.bucket,
            group=row.cell.group,
            value=row.value,
            definition=row.definition,
            revision=row.revision,
            changed_at=row.changed_at,
            cause=CauseOut(source=row.cause.source, event_id=row.cause.event_id),
            events=tuple(map(EventOut.of, behind.events)),
            events_total=behind.total,
        )


class LatestOut(BaseModel):
    """The newest figure over everything."""

    bucket: date
    value: Decimal
    changed_at: datetime

    @classmethod
    def of(cls, newest: FigureRow | None) -> "LatestOut | None":
        """The figure as the API shows it; None where there are no data."""
        if newest is None or newest.value is None:
            return None
        return cls(bucket=newest.cell.bucket, value=newest.value, changed_at=newest.changed_at)


class KpiOut(BaseModel):
    """What a KPI means and how it is computed."""

    name: str
    version: int
    title: str
    meaning: str
    unit: str
    owner: str
    reference: str = Field(description="Where the definition comes from.")
    formula: str
    bucket: str = Field(
        description="`day`, `week` from Monday, `sprint` of two weeks, `quarter`, or `ever`: now."
    )
    timezone: str = Field(description="The zone whose midnights part the buckets.")
    dimensions: tuple[str, ...] = Field(description="What `by` can be.")
    latest: LatestOut | None = Field(default=None, description="null: no data yet.")

    @classmethod
    def of(cls, definition: Definition, newest: FigureRow | None) -> "KpiOut":
        """The definition as the API shows it."""
        return cls(
            name=definition.name,
            version=definition.version,
            title=definition.title,
            meaning=definition.meaning.strip(),
            unit=definition.unit,
            owner=definition.owner.value,
            reference=definition.reference,
            formula=definition.formula.says(),
            bucket=definition.bucket.value,
            timezone=definition.timezone,
            dimensions=definition.dimensions,
            latest=LatestOut.of(newest),
        )


class KpisOut(BaseModel):
    """Every KPI."""

    kpis: tuple[KpiOut, ...]


class FiguresOut(BaseModel):
    """A page of figures, the newest bucket first."""

    kpi: KpiOut
    figures: tuple[FigureOut, ...]
    next: str | None = Field(
        description="Give this as `after` for the page that follows; null on the last."
    )
