"""What every CDEvent says beside its subject: who it is, what it belongs to, what it corrects.

Two kinds of embedded RELATION link mean something here: `CORRECTS` and `RETRACTS`, whose target
is the context id of an earlier event of the same source and type.
https://github.com/cdevents/spec/blob/v0.5.1/links.md
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Self

from services.metrics.observations import Moment, Name, Retracted
from services.metrics.sources.naming import by_chain, by_commit, by_event
from services.metrics.sources.reading import Camel

CORRECTS: Final = "CORRECTS"
RETRACTS: Final = "RETRACTS"


class Target(Camel):
    context_id: Name


class Link(Camel):
    link_type: str
    link_kind: str | None = None
    target: Target | None = None


class Context(Camel):
    id: Name
    source: Name
    type: Name
    timestamp: Moment
    chain_id: Name | None = None
    links: tuple[Link, ...] = ()

    def related(self, kind: str) -> str | None:
        """The context id that a RELATION link of some kind points at."""
        for link in self.links:
            if (link.link_type, link.link_kind) == ("RELATION", kind) and link.target:
                return link.target.context_id
        return None


class Environment(Camel):
    id: Name
    name: Name | None = None

    @property
    def label(self) -> str:
        """What people call it."""
        return self.name or self.id


@dataclass(frozen=True, slots=True)
class Told:
    """What the context of every event says, in the words of an observation."""

    source: str
    event_id: str
    entity: str
    occurred_at: datetime
    corrects: str | None
    retracts: str | None

    @classmethod
    def of(
        cls,
        source: str,
        what: str,
        context: Context,
        *,
        commit: str | None = None,
        entity: str | None = None,
    ) -> Self:
        """Read a context; the entity is that of the commit or chain unless one is given."""

        def named(context_id: str) -> str:
            # Source and id are unique by the specification; the type is added for senders that
            # use one id for several.
            return f"{context.source}#{what}/{context_id}"

        corrects, retracts = context.related(CORRECTS), context.related(RETRACTS)
        return cls(
            source=source,
            event_id=named(context.id),
            entity=entity or _entity(source, named(context.id), context, commit),
            occurred_at=context.timestamp,
            corrects=None if corrects is None else named(corrects),
            retracts=None if retracts is None else named(retracts),
        )

    def retraction(self, replaces: str) -> Retracted:
        return Retracted(
            source=self.source,
            event_id=self.event_id,
            entity=self.entity,
            occurred_at=self.occurred_at,
            replaces=replaces,
        )


def _entity(source: str, event_id: str, context: Context, commit: str | None) -> str:
    # A commit before a chain: other senders name commits too, a chain is one sender's own.
    if commit is not None:
        return by_commit(commit)
    if context.chain_id is not None:
        return by_chain(context.chain_id)
    return by_event(source, event_id)
