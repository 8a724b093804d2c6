"""The certificates that the secure containers show to each other."""

import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from farhand.certificates import LEAF_DAYS, Issued, authority, certificate
from libs.common.clock import wall

NOW = datetime(2026, 3, 2, 6, tzinfo=UTC)


def shake_hands(folder: Path, host: str) -> None:
    """A client that trusts the authority of a folder connects to `kafka`, taken for `host`."""
    server_side = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server_side.load_cert_chain(folder / "kafka.crt", folder / "kafka.key")
    client_side = ssl.create_default_context(cafile=folder / "ca.crt")
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    client = client_side.wrap_bio(to_client, to_server, server_hostname=host)
    server = server_side.wrap_bio(to_server, to_client, server_side=True)
    for end in (client, server, client, server):
        try:
            end.do_handshake()
        except ssl.SSLWantReadError:
            continue


def test_a_client_trusts_the_host_that_the_certificate_names(tmp_path: Path) -> None:
    now = wall()
    certificate(tmp_path, "kafka", authority(tmp_path, now), now)

    shake_hands(tmp_path, "kafka")


def test_a_client_refuses_any_other_host(tmp_path: Path) -> None:
    now = wall()
    certificate(tmp_path, "kafka", authority(tmp_path, now), now)

    with pytest.raises(ssl.SSLCertVerificationError, match="not valid for 'elsewhere'"):
        shake_hands(tmp_path, "elsewhere")


def made_and_asked_again(folder: Path, after: timedelta) -> tuple[Issued, Issued]:
    ca = authority(folder, NOW)
    return certificate(folder, "kafka", ca, NOW), certificate(folder, "kafka", ca, NOW + after)


def test_a_certificate_stays_while_it_is_good_for_long(tmp_path: Path) -> None:
    first, second = made_and_asked_again(tmp_path, timedelta(days=100))

    assert first.certificate == second.certificate


def test_a_certificate_is_renewed_two_months_before_its_end(tmp_path: Path) -> None:
    first, second = made_and_asked_again(tmp_path, timedelta(days=LEAF_DAYS - 59))

    assert first.certificate.not_valid_after_utc < second.certificate.not_valid_after_utc
    assert first.certificate.issuer == second.certificate.issuer


def test_a_new_authority_makes_new_certificates(tmp_path: Path) -> None:
    first = certificate(tmp_path, "kafka", authority(tmp_path, NOW), NOW)
    (tmp_path / "ca.key").unlink()

    second = certificate(tmp_path, "kafka", authority(tmp_path, NOW), NOW)

    assert first.certificate != second.certificate


def test_keys_are_their_owners_alone(tmp_path: Path) -> None:
    certificate(tmp_path, "kafka", authority(tmp_path, NOW), NOW)

    assert {file.stat().st_mode & 0o777 for file in tmp_path.glob("*.key")} == {0o600}
