"""Key pairs, rendered configurations and settings of the VPN."""

from base64 import b64decode, b64encode
from ipaddress import IPv4Address, IPv4Network

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from hypothesis import given
from hypothesis import strategies as st

from libs.common.settings import SettingsError
from services.onboarding.vpn.keys import new_key_pair, public_key_of
from services.onboarding.vpn.peer_config import (
    NOWHERE,
    ClientConfiguration,
    Peer,
    ServerConfiguration,
    read_configuration,
    read_dump,
    render_client,
    render_public,
    render_server,
)
from services.onboarding.vpn.settings import VpnSettings

BASE_POINT = X25519PublicKey.from_public_bytes(bytes([9]) + bytes(31))
PAIR = new_key_pair()


def base64(hexadecimal: str) -> str:
    return b64encode(bytes.fromhex(hexadecimal)).decode()


# RFC 7748, section 6.1.
@pytest.mark.parametrize(
    ("private_key", "public_key"),
    [
        pytest.param(
            "77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a",
            "8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a",
            id="Alice",
        ),
        pytest.param(
            "5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb",
            "de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f",
            id="Bob",
        ),
    ],
)
def test_public_keys_are_those_of_the_standard(private_key: str, public_key: str) -> None:
    assert public_key_of(base64(private_key)) == base64(public_key)


@pytest.mark.parametrize("_", range(20))
def test_a_new_pair_is_what_wg_makes(_: int) -> None:
    pair = new_key_pair()
    scalar = b64decode(pair.private_key, validate=True)
    product = X25519PrivateKey.from_private_bytes(scalar).exchange(BASE_POINT)
    assert b64encode(product).decode() == pair.public_key
    assert len(pair.private_key) == len(pair.public_key) == 44
    assert scalar[0] & 7 == 0, "as `wg genkey` clamps it"
    assert scalar[31] & 0b1100_0000 == 0b0100_0000, "as `wg genkey` clamps it"


def test_no_two_pairs_are_the_same() -> None:
    assert len({new_key_pair().public_key for _ in range(100)}) == 100


def test_a_private_key_does_not_show() -> None:
    server = ServerConfiguration(51820, PAIR.private_key, frozenset())
    assert PAIR.private_key not in repr(PAIR) + repr(server)


KEYS = st.binary(min_size=32, max_size=32).map(lambda raw: b64encode(raw).decode())
PEERS = st.frozensets(st.builds(Peer, KEYS, st.ip_addresses(v=4).map(str)), max_size=20)


@given(PEERS)
def test_what_was_written_is_read_back(peers: frozenset[Peer]) -> None:
    server = ServerConfiguration(51820, PAIR.private_key, peers)
    assert read_configuration(render_server(server)) == peers
    assert read_configuration(render_public(server)) == peers


@pytest.mark.parametrize(
    "section",
    [
        pytest.param("[Peer]\nPublicKey = a2V5\n", id="without an address"),
        pytest.param("[Peer]\nAllowedIPs = 10.86.0.9/32\nPublicKey = a2V5\n", id="turned round"),
        pytest.param("[Peer]\nPublicKey = a2V5\nAllowedIPs = 0.0.0.0/0\n", id="any address"),
    ],
)
def test_what_somebody_else_wrote_is_told_from_what_is_wanted(section: str) -> None:
    peer = Peer(PAIR.public_key, "10.86.0.2")
    shown = render_public(ServerConfiguration(51820, PAIR.private_key, frozenset([peer])))
    found = read_configuration(f"{shown}\n{section}")
    assert peer in found
    assert NOWHERE in {each.address for each in found}


def test_peers_are_written_in_the_order_of_their_addresses() -> None:
    addresses = ["10.86.0.10", "10.86.0.9", "10.86.1.1"]
    peers = frozenset(Peer(f"key{number}", address) for number, address in enumerate(addresses))
    shown = render_public(ServerConfiguration(51820, PAIR.private_key, peers))
    assert [line.split()[-1] for line in shown.splitlines() if "AllowedIPs" in line] == [
        "10.86.0.9/32",
        "10.86.0.10/32",
        "10.86.1.1/32",
    ]


def test_the_file_for_people_holds_no_secret() -> None:
    peer = Peer(PAIR.public_key, "10.86.0.2")
    shown = render_public(ServerConfiguration(51820, PAIR.private_key, frozenset([peer])))
    assert shown == (
        "[Interface]\n"
        "# Rendered from the table vpn_peer; what is changed here is overwritten.\n"
        "ListenPort = 51820\n"
        "\n"
        "[Peer]\n"
        f"PublicKey = {PAIR.public_key}\n"
        "AllowedIPs = 10.86.0.2/32\n"
    )


def test_a_device_is_told_all_it_needs() -> None:
    client = ClientConfiguration(
        private_key=PAIR.private_key,
        address="10.86.0.2",
        server_public_key="c2VydmVy",
        endpoint="vpn.lumen-orchard.example:51820",
        routes=(IPv4Network("10.86.0.0/16"), IPv4Network("10.20.0.0/16")),
    )
    assert render_client(client) == (
        "[Interface]\n"
        f"PrivateKey = {PAIR.private_key}\n"
        "Address = 10.86.0.2/32\n"
        "\n"
        "[Peer]\n"
        "PublicKey = c2VydmVy\n"
        "Endpoint = vpn.lumen-orchard.example:51820\n"
        "AllowedIPs = 10.86.0.0/16, 10.20.0.0/16\n"
        "PersistentKeepalive = 25\n"
    )


def test_peers_are_read_from_what_wg_shows() -> None:
    dump = (
        "cHJpdmF0ZQ==\tcHVibGlj\t51820\toff\n"
        "a2V5MQ==\t(none)\t(none)\t10.86.0.2/32\t0\t0\t0\toff\n"
        "a2V5Mg==\t(none)\t203.0.113.5:40000\t(none)\t1794820442\t10\t20\t25\n"
        "a2V5Mw==\t(none)\t(none)\t10.86.0.3/32,10.86.0.4/32\t0\t0\t0\toff\n"
    )
    assert read_dump(dump) == {
        Peer("a2V5MQ==", "10.86.0.2"),
        Peer("a2V5Mg==", NOWHERE),
        Peer("a2V5Mw==", NOWHERE),
    }


def test_nothing_set_gives_a_vpn_without_an_interface() -> None:
    settings = VpnSettings.read()
    assert settings.interface == ""
    assert settings.pool == IPv4Network("10.86.0.0/16")
    assert settings.server_address == IPv4Address("10.86.0.1")


def test_routes_are_listed_with_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FARHAND_WG_ROUTES", "10.86.0.0/16,10.20.0.0/16")
    assert VpnSettings.read().routes == (IPv4Network("10.86.0.0/16"), IPv4Network("10.20.0.0/16"))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        pytest.param("INTERFACE", "wg0; reboot", id="no interface's name"),
        pytest.param("POOL", "10.86.0.7/16", id="no network"),
        pytest.param("POOL", "10.86.0.0/31", id="room for nobody"),
        pytest.param("POOL", "0.0.0.0/0", id="the whole world"),
        pytest.param("LISTEN_PORT", "0", id="no port"),
        pytest.param("ENDPOINT", "vpn.example", id="endpoint without a port"),
        pytest.param("ROUTES", "10.86.0.0/16;10.20.0.0/16", id="not with commas"),
    ],
)
def test_a_wrong_setting_is_named(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(f"FARHAND_WG_{name}", value)
    with pytest.raises(SettingsError, match=f"(?i)FARHAND_WG_.*{name}"):
        VpnSettings.read()
