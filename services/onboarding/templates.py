"""Task templates: what has to be done for whom, by when, as data in `task_templates/*.yaml`."""

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from enum import StrEnum
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import Annotated, Final, Self, TypeAlias

from pydantic import (
    Field,
    StringConstraints,
    model_validator,
)

from libs.common.contracts.onboarding import TaskKind
from libs.common.contracts.values import Engagement, Jurisdiction, Owner, Profile
from libs.common.marked_yaml import Document, InvalidDocument, Problem
from services.onboarding.coverage import Part, is_place, is_role
from services.onboarding.risk import Control

TEMPLATES: Final = Path(__file__).parent / "task_templates"


class BeforeStart(Part):
    """Due that many local working days before the first day of work."""

    working_days_before_start: Annotated[int, Field(ge=0, le=60)]


class AfterProvisioning(Part):
    """Due that many local working days after provisioning began; 0 is that day."""

    working_days_after_provisioning: Annotated[int, Field(ge=0, le=60)]


class AfterStart(Part):
    """Due that many local working days after the first day of work; 0 is that day."""

    working_days_after_start: Annotated[int, Field(ge=0, le=120)]


class BeforeLastDay(Part):
    """Due that many local working days before the last day of work, once that is known."""

    working_days_before_last_day: Annotated[int, Field(ge=0, le=60)]


Due: TypeAlias = BeforeStart | AfterProvisioning | AfterStart | BeforeLastDay


class Reminders(Part):
    """How its owner is reminded: on the morning of the day, and each working day once it is late.

    From the second time that a task is called late, its owner's manager hears of it too (notify).
    """

    on_the_day: bool = True
    when_late: Annotated[int, Field(ge=1, le=5)] = 5


class DoneBy(StrEnum):
    """Who closes a task."""

    PERSON = "person"
    ADAPTER = "adapter"


class AppliesTo(Part):
    """For which hires a task exists; each list that is left out means all.

    `jurisdictions` take a country for its subdivisions too: `US` covers `US-CA`. `roles` are
    patterns over the job title in any case: `*engineer*`. Of `controls`, the risk tier of the hire
    demands one at least.
    """

    jurisdictions: tuple[Jurisdiction, ...] = ()
    roles: tuple[str, ...] = ()
    engagements: tuple[Engagement, ...] = ()
    controls: tuple[Control, ...] = ()

    def covers(self, profile: Profile, controls: Collection[Control] = ()) -> bool:
        """Whether a hire, whose tier demands these controls, is one of these."""
        return (
            (not self.jurisdictions or is_place(profile.jurisdiction, self.jurisdictions))
            and (not self.engagements or profile.engagement in self.engagements)
            and (not self.roles or is_role(profile.role, self.roles))
            and (not self.controls or any(each in controls for each in self.controls))
        )


Key: TypeAlias = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,39}$")]


class TaskTemplate(Part):
    """One kind of task; `key` names it for ever, since task ids derive from it.

    A hire is ready when all that is `needed_to_work` is done. `evidence` says what whoever does the
    task has to refer to; with `approver`, it is done once that role has approved. It is asked for
    only when all of `depends_on`, as far as the hire has them, is done.
    """

    key: Key
    kind: TaskKind
    title: Annotated[str, StringConstraints(min_length=1, max_length=110)]
    why: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    owner: Owner
    due: Due
    done_by: DoneBy = DoneBy.PERSON
    needed_to_work: bool = False
    approver: Owner | None = None
    evidence: Annotated[str, StringConstraints(min_length=1, max_length=120)] | None = None
    depends_on: tuple[Key, ...] = ()
    reminders: Reminders = Reminders()
    applies_to: AppliesTo = AppliesTo()

    @model_validator(mode="after")
    def _can_be_done(self) -> Self:
        if self.done_by is DoneBy.ADAPTER and (self.approver or self.evidence):
            raise ValueError("what an adapter does needs neither evidence nor an approver")
        if self.approver is self.owner:
            raise ValueError("whoever does a task cannot approve it")
        return self


def read_templates(folder: Path) -> tuple[TaskTemplate, ...]:
    """Every template of a folder, in order of their files.

    Raises InvalidDocument, which names file and line, for a file that is no template, for a key
    used twice, and for tasks that wait for one that does not exist, or for each other.
    """
    documents = (
        Document.parse(f"{folder.name}/{path.name}", path.read_bytes())
        for path in sorted(folder.glob("*.yaml"))
    )
    read = [(document, document.read_as(TaskTemplate)) for document in documents]
    problems = [*_doubled(read), *_unknown(read)]
    if problems:
        raise InvalidDocument(problems)
    _check_order(read)
    return tuple(one for _, one in read)


@cache
def task_templates() -> tuple[TaskTemplate, ...]:
    """The templates this service ships."""
    return read_templates(TEMPLATES)


Read: TypeAlias = Sequence[tuple[Document, TaskTemplate]]


def _doubled(read: Read) -> Iterator[Problem]:
    count = Counter(one.key for _, one in read)
    for document, one in read:
        if count[one.key] > 1:
            yield document.problem(f"another template has the key {one.key!r} too", "key")


def _unknown(read: Read) -> Iterator[Problem]:
    keys = {one.key for _, one in read}
    for document, one in read:
        for place, key in enumerate(one.depends_on):
            if key not in keys:
                yield document.problem(f"no template has the key {key!r}", "depends_on", place)


def _check_order(read: Read) -> None:
    documents = {one.key: document for document, one in read}
    try:
        TopologicalSorter({one.key: one.depends_on for _, one in read}).prepare()
    except CycleError as error:
        circle: list[str] = error.args[1]
        says = f"no task of {', '.join(sorted(set(circle)))} can begin: they wait for each other"
        raise InvalidDocument([documents[circle[0]].problem(says, "depends_on")]) from error
