"""What the console reads from its environment beside what every service does."""

from urllib.parse import urlsplit

from pydantic_settings import BaseSettings, SettingsConfigDict


class ConsoleSettings(BaseSettings):
    """`FARHAND_OPERATIONS` tells where the operations APIs of the services are.

    A name and an address for each, with commas: `onboarding=http://127.0.0.1:7101,…`. Without it
    the page of operations shows the console alone.

    `FARHAND_CONSOLE` is where people reach the console: what their browsers speak, whatever a proxy
    in between speaks to us.

    `FARHAND_OIDC_ISSUER` and `FARHAND_OIDC_CLIENT` let people sign in with an OpenID provider,
    which is shown as `FARHAND_OIDC_NAME`; the client's secret, if it has one, is the file
    `oidc_client` among the secrets. `FARHAND_OIDC_ROLES` names the file that says what their claims
    make of them (`identity_claims.py`).

    `FARHAND_LOCAL_ACCOUNTS=false` leaves the provider as the only way in: passwords open nothing,
    and sessions of local accounts end.
    """

    model_config = SettingsConfigDict(env_prefix="FARHAND_", frozen=True, extra="ignore")

    operations: str = ""
    console: str = ""
    oidc_issuer: str = ""
    oidc_client: str = ""
    oidc_name: str = ""
    oidc_roles: str = ""
    local_accounts: bool = True

    @property
    def is_secure(self) -> bool:
        """Whether people reach the console over TLS."""
        return self.console.lower().startswith("https://")

    @property
    def provider_name(self) -> str:
        """What people call the OpenID provider; empty where there is none."""
        return self.oidc_issuer and (self.oidc_name or urlsplit(self.oidc_issuer).netloc)

    @property
    def addresses(self) -> dict[str, str]:
        """The base address of each service, by its name."""
        pairs = (each.partition("=") for each in self.operations.split(",") if "=" in each)
        return {name.strip(): address.strip().rstrip("/") for name, _, address in pairs}
