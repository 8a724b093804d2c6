from pathlib import Path

import pytest

from farhand.errors import StackError
from farhand.settings import OFFSETS, Given, Settings, cache_folder


def test_defaults_are_the_folder_one_stands_in_and_ports_from_7100(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    settings = Settings.from_env({})
    assert settings.home == tmp_path / ".farhand"
    assert settings.port("onboarding") == 7101
    assert settings.port("kafka") == 7112
    assert settings.given == Given()


def test_no_two_parts_share_a_port() -> None:
    assert len(set(OFFSETS.values())) == len(OFFSETS)


@pytest.mark.parametrize("text", ["", "80", "65535", "7100.5", "-7100", "x", "\u0667"])
def test_a_port_base_that_cannot_be_is_told(text: str) -> None:
    if not text:  # empty is unset
        assert Settings.from_env({"FARHAND_PORT_BASE": text}).port_base == 7100
        return
    with pytest.raises(StackError, match="FARHAND_PORT_BASE"):
        Settings.from_env({"FARHAND_PORT_BASE": text})


@pytest.mark.parametrize(
    ("env", "folder"),
    [
        pytest.param({"FARHAND_CACHE": "/a", "XDG_CACHE_HOME": "/b"}, "/a", id="our own first"),
        pytest.param({"XDG_CACHE_HOME": "/b"}, "/b/farhand", id="then the desktop's"),
    ],
)
def test_where_downloads_are_kept(env: dict[str, str], folder: str) -> None:
    assert cache_folder(env) == Path(folder)


def test_addresses_of_parts_that_are_there_already() -> None:
    given = Settings.from_env({"FARHAND_KAFKA": "k1:9092,k2:9092", "FARHAND_SMTP": ""}).given
    assert given == Given(kafka="k1:9092,k2:9092")
