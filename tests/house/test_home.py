import socket
import stat
from pathlib import Path

import pytest

from farhand import reset
from farhand.credentials import Credentials
from farhand.errors import StackError, told
from farhand.home import Home, Running, refuse_busy
from farhand.services import ROOT
from farhand.stack import ROLES

RUNNING = Running(pid=4711, port_base=7100, parts=())


def test_a_second_one_is_told_who_runs(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    with home.held():
        home.write(RUNNING)
        assert home.running() == RUNNING
        with (
            pytest.raises(StackError, match=r"already running in .*home \(process 4711"),
            home.held(),
        ):
            pass
    assert home.running() is None


def test_what_a_kill_left_behind_is_not_running(tmp_path: Path) -> None:
    home = Home(tmp_path)
    with home.held():
        pass
    home.write(RUNNING)
    assert home.running() is None


def test_a_home_that_cannot_be_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StackError, match="FARHAND_HOME"), Home(tmp_path / "file" / "home").held():
        pass


def test_a_full_disk_is_told(tmp_path: Path) -> None:
    error = OSError(28, "No space left on device")
    assert str(told(error, tmp_path)).startswith(f"The disk that holds {tmp_path} is full.")


def test_a_busy_port_is_told_with_who_needs_it_and_what_to_change() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with pytest.raises(StackError, match=rf"Port {port}, which Kafka needs.*FARHAND_PORT_BASE"):
            refuse_busy([("Kafka", port)], patience=0)


def test_secrets_are_their_owners_only_and_stay(tmp_path: Path) -> None:
    credentials = Credentials(tmp_path / "secrets")
    credentials.generate(ROLES)
    first = {file.name: file.read_text() for file in credentials.folder.iterdir()}
    credentials.generate(ROLES)
    files = list(credentials.folder.iterdir())
    assert {file.name: file.read_text() for file in files} == first
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
    assert stat.S_IMODE(credentials.folder.stat().st_mode) == 0o700
    assert credentials.read("hook_standard").startswith("whsec_")


def test_reset_removes_its_own_folder_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = Home(tmp_path / "home")
    with home.held():
        home.make()
    monkeypatch.setenv("FARHAND_HOME", str(home.folder))
    reset.reset(yes=True)
    assert list(tmp_path.iterdir()) == []


def test_reset_leaves_a_folder_that_is_not_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FARHAND_HOME", str(ROOT / "tests"))
    with pytest.raises(StackError, match="not made by Farhand"):
        reset.reset(yes=True)


def test_reset_refuses_while_it_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = Home(tmp_path)
    monkeypatch.setenv("FARHAND_HOME", str(tmp_path))
    with home.held(), pytest.raises(StackError, match="already running"):
        reset.reset(yes=True)
