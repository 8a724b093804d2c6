"""Where the VPN is and which addresses it gives, from `FARHAND_WG_*`."""

from ipaddress import IPv4Address, IPv4Network
from typing import Annotated, Final, Self

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints, ValidationError
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from libs.common.fold import describe
from libs.common.settings import SettingsError

LARGEST_POOL: Final = 8
SMALLEST_POOL: Final = 30
"""Prefix lengths of the largest and the smallest pool."""
SERVER_OFFSET: Final = 1
"""The first address of the pool is the server's own."""


def _usable_size(pool: IPv4Network) -> IPv4Network:
    if not LARGEST_POOL <= pool.prefixlen <= SMALLEST_POOL:
        raise ValueError("must be between a /8 and a /30, such as 10.86.0.0/16")
    return pool


def _listed(text: object) -> object:
    return [each for each in text.split(",") if each] if isinstance(text, str) else text


class VpnSettings(BaseSettings):
    """Settings of the VPN; every field is the environment variable `FARHAND_WG_<FIELD>`.

    Without an `interface`, the rendered configuration is the only place peers are written to.
    """

    model_config = SettingsConfigDict(env_prefix="FARHAND_WG_", frozen=True)

    interface: Annotated[str, StringConstraints(pattern=r"^[a-zA-Z0-9_=+.-]{0,15}$")] = ""
    """The WireGuard interface of this machine to apply peers to, such as `wg0`; empty for none."""
    pool: Annotated[IPv4Network, AfterValidator(_usable_size)] = IPv4Network("10.86.0.0/16")
    """The addresses of the VPN."""
    listen_port: Annotated[int, Field(ge=1, le=65535)] = 51820
    """UDP port of the server."""
    endpoint: Annotated[str, StringConstraints(pattern=r"^\S{1,255}:\d{1,5}$")] = "127.0.0.1:51820"
    """Host and port at which clients reach the server."""
    routes: Annotated[tuple[IPv4Network, ...], NoDecode, BeforeValidator(_listed)] = ()
    """The networks clients send through the tunnel, with commas; the pool if none is given."""

    @classmethod
    def read(cls) -> Self:
        """Read the environment; raises SettingsError, which names each variable at fault."""
        try:
            return cls()
        except ValidationError as error:
            raise SettingsError(
                "the VPN cannot be set up, as FARHAND_WG_<NAME>: " + describe(error)
            ) from None

    @property
    def server_address(self) -> IPv4Address:
        """The server's own address inside the VPN."""
        return self.pool[SERVER_OFFSET]
