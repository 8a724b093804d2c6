"""How senders name things: entities that meet, whoever names them, and production."""

import re
from datetime import datetime
from typing import Final
from urllib.parse import parse_qs, unquote

PRODUCTION: Final = frozenset({"production", "prod"})
"""What a production environment is called where nothing else tells it, in lower case."""

PRODUCTION_ALIASES: Final = frozenset({"champion", "production", "prod"})
"""What an alias of a model is called that means production, in lower case."""

UNKNOWN: Final = "unknown"
"""What stands for a service or an environment that a sender does not name."""

MAX_ARTIFACT: Final = 500

_COMMIT: Final = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")


def by_commit(sha: str) -> str:
    """The entity of all that is about one commit; a SHA names it in every repository."""
    return f"delivery/commit/{sha}"


def by_chain(chain: str) -> str:
    """The entity of all that one pipeline chain did."""
    return f"delivery/chain/{chain}"


def by_event(source: str, event_id: str) -> str:
    """The entity of an event that names neither commit nor chain: it meets no other."""
    return f"delivery/event/{source}/{event_id}"


def by_model(model: str) -> str:
    """The entity of all that is about one model of a registry."""
    return f"model/{model}"


def by_hour(environment: str, service: str, at: datetime) -> str:
    """The entity of how long a service took to answer within one hour (UTC)."""
    return f"latency/{environment}/{service}/{at:%Y-%m-%dT%H}"


def by_experiment(source: str, experiment: str) -> str:
    """The entity of one experiment of one sender."""
    return f"experiment/{source}/{experiment}"


def by_data_run(source: str, run: str) -> str:
    """The entity of one run over data of one sender."""
    return f"data-run/{source}/{run}"


def by_amount(amount: str) -> str:
    """The entity of all lines about one amount, whoever keeps them."""
    return f"return/{amount}"


def commit_in(purl: str) -> str | None:
    """The full commit that a package URL was built from, if it names one.

    It may be the version, as in `pkg:github/acme/ranking@<sha>`, or follow the last `@` of the
    qualifier `vcs_url`. An abbreviated SHA is not taken: it may name another commit one day.
    https://github.com/package-url/purl-spec
    """
    path, _, qualifiers = purl.partition("#")[0].partition("?")
    built_from = parse_qs(qualifiers).get("vcs_url", [""])[-1]
    for named in (path, built_from):
        candidate = unquote(named.rpartition("@")[2]).lower()
        if _COMMIT.fullmatch(candidate):
            return candidate
    return None


def artifact_in(purl: str | None) -> str | None:
    """How an artifact is known to everybody: by its commit, else by its package URL.

    Qualifiers say where it lies and not what it is. None where there is none that can be kept.
    """
    if purl is None:
        return None
    name = commit_in(purl) or unquote(purl.partition("?")[0])
    return name if 0 < len(name) <= MAX_ARTIFACT and name.isprintable() else None


def commit_named(text: str) -> str | None:
    """The text, if it is a full commit SHA."""
    return text.lower() if _COMMIT.fullmatch(text.lower()) else None
