"""What an account says of a hire, as it shall be and as the identity provider shows it; pure.

What is sent is built of scim2-models, so it is what RFC 7643 allows. What is read is only the
fields below, from whatever else a provider tells: scim2-models refuses attributes it does not know.
"""

from collections.abc import Mapping
from typing import Any, Final

from pydantic import AliasChoices, BaseModel, ConfigDict, Field
from scim2_models import Context, Email, Name, User

from libs.common.contracts.values import Engagement, HireId
from services.onboarding.identity.messages import EnsureIdentity

MANAGED: Final = "farhand-"
"""Groups whose name begins so are ours: an account is put into them, and taken out, as tasks go."""
USER_TYPES: Final = {
    Engagement.EMPLOYEE: "Employee",
    Engagement.EOR: "Employee",
    Engagement.CONTRACTOR: "Contractor",
}
PLAIN: Final = ("displayName", "title", "userType", "timezone", "active")
"""The attributes of one value that are set again where they are other than they shall be."""


def user_name(hire_id: HireId) -> str:
    """The name an account is found by: the same for ever, and no personal data."""
    return f"w-{hire_id.hex[:16]}"


class Shown(BaseModel):
    """A frozen part of what an identity provider answers; what else it tells is ignored."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)


class ShownVersion(Shown):
    """The entity tag of a resource, where the provider has such."""

    version: str | None = None


class ShownAccount(Shown):
    """An account as the provider shows it."""

    id: str
    user_name: str = Field(validation_alias=AliasChoices("userName", "user_name"))
    external_id: str | None = Field(
        default=None, validation_alias=AliasChoices("externalId", "external_id")
    )
    active: bool = True
    """RFC 7643 leaves open what a missing value means; access is assumed rather than overlooked."""
    says: dict[str, Any] = {}
    meta: ShownVersion = ShownVersion()

    @classmethod
    def read(cls, body: Mapping[str, Any]) -> "ShownAccount":
        """One account of a response; raises ValidationError without quoting it."""
        return cls.model_validate({**body, "says": _said(body)})

    def belongs_to(self, hire_id: HireId) -> bool:
        """Whether Farhand made it for this hire."""
        return self.external_id == str(hire_id)


class ShownGroup(Shown):
    """A group as the provider shows it, without its members."""

    id: str
    name: str = Field(validation_alias=AliasChoices("displayName", "name"))


class Capabilities(Shown):
    """What a provider says it can do (RFC 7643, section 5)."""

    class Feature(Shown):
        supported: bool = False

    filter: Feature = Feature()
    patch: Feature = Feature()
    etag: Feature = Feature()


def wanted(effect: EnsureIdentity, contact: Mapping[str, Any]) -> dict[str, Any]:
    """The account of a hire as the body of a SCIM request; `contact` is the opened seal."""
    name, email = str(contact["name"]), str(contact["email"])
    user: User[Any] = User(
        user_name=user_name(effect.hire_id),
        external_id=str(effect.hire_id),
        name=Name(formatted=name),
        display_name=name,
        emails=[Email(value=email, type=Email.Type.work, primary=True)],
        title=effect.title,
        user_type=USER_TYPES[effect.engagement],
        timezone=effect.timezone,
        active=True,
    )
    return user.model_dump(scim_ctx=Context.RESOURCE_CREATION_REQUEST)


def changes(body: Mapping[str, Any], shown: ShownAccount) -> dict[str, Any]:
    """The attributes that an account must be given to be as wanted."""
    said = _said(body)
    differ = {name: body[name] for name, value in said.items() if shown.says.get(name) != value}
    return differ | ({"name": body["name"]} if "displayName" in differ else {})


def _said(body: Mapping[str, Any]) -> dict[str, Any]:
    """What is compared of an account: of its addresses, the primary one."""
    emails: list[Mapping[str, Any]] = body.get("emails") or []
    primary = next((each.get("value") for each in emails if each.get("primary")), None)
    return {name: body.get(name) for name in PLAIN} | {"emails": primary}
