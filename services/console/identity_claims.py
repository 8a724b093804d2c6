"""What an OpenID provider says of somebody, and the account that makes of them; pure.

The setting FARHAND_OIDC_ROLES names a YAML (or JSON) file such as

    scopes: [openid, profile, email, groups]
    login: preferred_username
    name: name
    team: email
    hire: external_id
    roles:
      - {claim: groups, holds: hr-operations, role: hr}
      - {claim: realm_access.roles, holds: platform-sre, role: sre}
      - {claim: groups, holds: team-leads, role: manager}
      - {claim: groups, holds: everybody, role: worker}

A dot leads into an object. A claim holds a value if it is it, or a list with it. `team` is the
claim with the address by which the HR system names a manager, and `hire` that with a worker's hire:
what Farhand provisions by SCIM bears it as `externalId`. What is left out has its default, but for
`roles`: who is given none may not sign in.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Final, Self, cast
from uuid import UUID

import yaml
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from libs.common import ids
from libs.common.cloudevents import storable
from services.console.role import Account, Role
from services.console.teams import digest_of

LONGEST: Final = 100
Claim = Annotated[str, StringConstraints(pattern=r"^[^\s\x00-\x1f]{1,200}$")]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class Grant(_Part):
    """Who has this value in this claim has the role."""

    claim: Claim
    holds: str
    role: Role


class ClaimRules(_Part):
    """Which claims say who somebody is, and what they may do here."""

    scopes: tuple[Claim, ...] = ("openid", "profile", "email")
    login: Claim = "preferred_username"
    name: Claim = "name"
    team: Claim = "email"
    hire: Claim = "external_id"
    roles: tuple[Grant, ...] = Field(min_length=1)

    @classmethod
    def read(cls, path: str) -> Self:
        """The rules of a file; raises ValueError, which says what is wrong and where."""
        try:
            return cls.model_validate(yaml.safe_load(Path(path).read_text(encoding="utf-8")) or {})
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False)[0]
            where = ".".join(map(str, first["loc"]))
            raise ValueError(f"FARHAND_OIDC_ROLES: {where} in {path}: {first['msg']}") from None
        except (OSError, UnicodeError, yaml.YAMLError) as error:
            raise ValueError(
                f"FARHAND_OIDC_ROLES names {path!r}, which cannot be read as YAML: {error}"
            ) from error

    def account_of(self, issuer: str, claims: Mapping[str, Any], key: str) -> Account:
        """The account of whoever these claims are about; `key` digests a manager's address."""
        subject = str(claims["sub"])
        roles = frozenset(
            grant.role for grant in self.roles if _holds(_claim(claims, grant.claim), grant.holds)
        )
        return Account(
            id=ids.derived("console account", issuer, subject),
            login=_text(claims, self.login) or subject[:LONGEST],
            name=_text(claims, self.name) or _text(claims, self.login) or subject[:LONGEST],
            roles=roles,
            manager=self._team(claims, key) if Role.MANAGER in roles else None,
            hire_id=_uuid(_claim(claims, self.hire)) if Role.WORKER in roles else None,
            issuer=issuer,
        )

    def _team(self, claims: Mapping[str, Any], key: str) -> str | None:
        # An address that nobody has verified may be another's, and so would be the team.
        unverified = self.team == "email" and claims.get("email_verified") is False
        address = _text(claims, self.team)
        return digest_of(address, key) if address and not unverified else None


def _claim(claims: Mapping[str, Any], path: str) -> Any:
    """A claim by its name, which may have dots itself, or by the way into an object."""
    if path in claims:
        return claims[path]
    inside: Any = claims
    for name in path.split("."):
        if not isinstance(inside, dict):
            return None
        inside = cast("dict[str, Any]", inside).get(name)
    return inside


def _holds(value: Any, wanted: str) -> bool:
    return wanted in value if isinstance(value, list) else value == wanted


def _text(claims: Mapping[str, Any], path: str) -> str:
    value = _claim(claims, path)
    kept = storable(value.strip())[:LONGEST] if isinstance(value, str) else ""
    return kept if kept.isprintable() else ""


def _uuid(value: Any) -> UUID | None:
    try:
        return UUID(value) if isinstance(value, str) else None
    except ValueError:
        return None
