"""How a process is let in by Kafka."""

import ssl
from pathlib import Path
from typing import Any

import pytest

from libs.common.settings import Settings, SettingsError

ANY: dict[str, Any] = {"kafka": "k:1", "postgres": "", "keys": ""}


def test_a_broker_of_this_machine_is_spoken_to_in_the_clear(tmp_path: Path) -> None:
    settings = Settings(**ANY, secrets=tmp_path)

    assert settings.kafka_access.options == {"security_protocol": "PLAINTEXT"}


def test_a_managed_broker_gets_tls_that_checks_its_host_and_a_login(tmp_path: Path) -> None:
    (tmp_path / "kafka_password").write_text("s3cret\n")
    settings = Settings(**ANY, secrets=tmp_path, kafka_protocol="SASL_SSL", kafka_user="notify")

    options = settings.kafka_access.options

    context = options.pop("ssl_context")
    assert (context.verify_mode, context.check_hostname) == (ssl.CERT_REQUIRED, True)
    assert options == {
        "security_protocol": "SASL_SSL",
        "sasl_mechanism": "SCRAM-SHA-512",
        "sasl_plain_username": "notify",
        "sasl_plain_password": "s3cret",
    }


def test_a_login_without_its_password_is_a_wrong_setting(tmp_path: Path) -> None:
    settings = Settings(**ANY, secrets=tmp_path, kafka_protocol="SASL_SSL", kafka_user="notify")

    with pytest.raises(SettingsError, match="kafka_password"):
        _ = settings.kafka_access


def test_an_authority_that_is_not_there_is_a_wrong_setting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {**ANY, "postgres": "p", "keys": "k", "secrets": tmp_path}.items():
        monkeypatch.setenv(f"FARHAND_{name.upper()}", str(value))
    monkeypatch.setenv("FARHAND_KAFKA_CA", str(tmp_path / "ca.crt"))

    with pytest.raises(SettingsError, match="kafka_ca"):
        Settings.read()


def test_the_password_is_in_no_representation(tmp_path: Path) -> None:
    (tmp_path / "kafka_password").write_text("s3cret\n")
    settings = Settings(**ANY, secrets=tmp_path, kafka_protocol="SASL_SSL", kafka_user="notify")

    assert "s3cret" not in repr(settings.kafka_access)
