"""Samples of a process become shares of the libraries and modules that it was in."""

from pathlib import Path

import pytest

from bench.profile import shares
from farhand.services import ROOT

RUN = "run (/usr/lib/python3.11/asyncio/runners.py:118)"
FOLD = f"fold ({ROOT}/libs/common/fold.py:12)"
PACKAGES = "/srv/.venv/lib/python3.11/site-packages"


def seen(folder: Path, *stacks: str) -> dict[str, float]:
    (folder / "1.stacks").write_text("".join(f"{each}\n" for each in stacks))
    return shares(folder)


@pytest.mark.parametrize(
    ("stack", "place"),
    [
        pytest.param(f"{RUN};{FOLD}", "libs/common/fold", id="a module of ours"),
        pytest.param(
            f"{RUN};{FOLD};0x7f (/{PACKAGES}/pydantic_core/_pydantic_core.cpython-311.so)",
            "pydantic_core",
            id="a library that it calls",
        ),
        pytest.param(
            f"{RUN};{FOLD};loads (/usr/lib/python3.11/json/__init__.py:1);malloc (libc.so.6)",
            "libs/common/fold",
            id="Python and the system work for who calls them",
        ),
        pytest.param(f"{RUN};get (asyncpg/protocol/protocol.c:9)", "asyncpg", id="a C file"),
        pytest.param(f"{PACKAGES[0]};{RUN}", "Python itself", id="nobody's"),
        pytest.param(f"main ({PACKAGES}/six.py:1)", "six", id="a library of one file"),
    ],
)
def test_a_sample_belongs_to_the_innermost_who_is_not_python_or_the_system(
    tmp_path: Path, stack: str, place: str
) -> None:
    assert seen(tmp_path, f"{stack} 3") == {place: 1.0}


def test_the_largest_share_is_told_first(tmp_path: Path) -> None:
    assert list(seen(tmp_path, f"{RUN};{FOLD} 1", f"main ({PACKAGES}/six.py:1) 3").items()) == [
        ("six", 0.75),
        ("libs/common/fold", 0.25),
    ]


@pytest.mark.parametrize("call", ["epoll_pwait", "poll", "pthread_cond_timedwait"])
def test_who_waits_uses_no_processor(tmp_path: Path, call: str) -> None:
    waits = f"{RUN};{FOLD};uv__io_poll (uv/linux.c:1);{call} (libc.so.6) 90"
    assert seen(tmp_path, waits, f"{RUN};{FOLD} 1") == {"libs/common/fold": 1.0}


def test_who_is_called_by_a_loop_that_waits_at_other_times_works(tmp_path: Path) -> None:
    works = f"uv__io_poll (uv/linux.c:1);{FOLD} 1"
    assert seen(tmp_path, works) == {"libs/common/fold": 1.0}


def test_where_nobody_could_look_in_there_are_no_shares(tmp_path: Path) -> None:
    assert shares(tmp_path) == {}
