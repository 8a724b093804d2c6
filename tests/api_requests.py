"""Requests of any shape, drawn from an API's own OpenAPI: what it allows, and what it forbids."""

from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Final

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import Case, GenerationMode

EXAMPLES: Final = 5
"""Requests of each operation in each mode: as its schema allows, and as it does not."""

MOVES_ALL: Final = r"/rebuild$"
"""Makes a read model anew from the whole log: that has tests of its own."""

ANSWERED_WITHIN: Final = 30.0
NOT_ALLOWED: Final = 405
MALFORMED: Final = 400
"""What a server says to a request that is none, whatever it was meant to reach."""

DRAWN = pytest.mark.filterwarnings(
    "ignore:Do not use the `random` module:hypothesis.errors.HypothesisDeprecationWarning"
)
"""Schemathesis draws some of its wrong requests by itself; none is to be repeated here."""


@dataclass(slots=True)
class Asked:
    """What was asked of one service, and how it answered."""

    url: str
    headers: Mapping[str, str]
    http: requests.Session
    answers: Counter[int] = field(default_factory=Counter[int])
    away: frozenset[int] = frozenset()
    """5xx by which it says that another service, which is not there, has not done something"""
    failed: list[str] = field(default_factory=list[str])
    undocumented: set[str] = field(default_factory=set[str])

    def ask(self, case: "Case[Any]") -> None:
        """Send one request, and keep what the answer says of us."""
        answer = case.call(
            base_url=self.url,
            headers=dict(self.headers),
            session=self.http,
            timeout=ANSWERED_WITHIN,
            allow_redirects=False,
        )
        status = answer.status_code
        self.answers[status] += 1
        if status >= 500 and status not in self.away:
            self.failed.append(f"{status}: {case.as_curl_command()}")
        documented = {*case.operation.responses.status_codes, str(NOT_ALLOWED), str(MALFORMED)}
        if not documented & {str(status), "default"}:
            self.undocumented.add(f"{case.method} {case.path}: {status}")

    def __str__(self) -> str:
        told = dict(sorted(self.answers.items()))
        return f"{self.answers.total()} requests, {len(self.failed)} failed: {told}"

    def ask_everything(self) -> None:
        """Some requests of each operation of the API, as it may be asked and as it may not."""
        schema: Any = schemathesis.openapi.from_url(f"{self.url}/openapi.json")
        self.ask_all_of(schema.exclude(path_regex=MOVES_ALL))

    def ask_all_of(self, schema: Any) -> None:
        """Some requests of each operation of a schema."""
        operations = schema.get_all_operations()
        for operation in (found.ok() for found in operations):
            for mode in GenerationMode:
                self._ask_often(operation.as_strategy(generation_mode=mode))

    def _ask_often(self, strategy: Any) -> None:
        @settings(
            max_examples=EXAMPLES,
            database=None,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
        )
        @given(strategy)
        def once(case: "Case[Any]") -> None:
            self.ask(case)

        with suppress(Unsatisfiable):  # where nothing is asked for, nothing can be asked wrongly
            once()
