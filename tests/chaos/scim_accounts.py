"""Accounts and groups of the suite's identity provider, kept in SQLite, and what is asked of them.

What Farhand asks of a provider is in `services/onboarding/identity/provider.py`: nothing else is
understood here (RFC 7644, sections 3.3 to 3.6).
"""

import json
import re
import sqlite3
from collections import Counter
from collections.abc import Callable, Generator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Self

from libs.common import ids

FILE: Final = "accounts.sqlite"
TABLES: Final = """
create table if not exists account (
    id text primary key, user_name text unique collate nocase, external_id text,
    active integer, version integer, body text
);
create table if not exists made (external_id text);
create table if not exists team (id text primary key, name text unique);
create table if not exists member (
    team_id text, account_id text, primary key (account_id, team_id)
);
"""
ACCOUNT: Final = "select id, version, body from account where "
COMPARED: Final = re.compile(r'(?P<name>[\w.]+) eq "(?P<value>[^"]*)"')
MEMBER: Final = re.compile(r'members\[value eq "(?P<id>[^"]*)"\]')


@dataclass(frozen=True, slots=True)
class Login:
    """An account as the identity provider keeps it."""

    hire: str
    active: bool


@dataclass(frozen=True, slots=True)
class Answer:
    """A status of HTTP, and what comes with it."""

    status: int
    body: Mapping[str, Any] = field(default_factory=dict[str, Any])


@dataclass(frozen=True, slots=True)
class Accounts:
    """All in one file, which outlives the process that writes it."""

    file: sqlite3.Connection

    @classmethod
    @contextmanager
    def kept_in(cls, folder: Path) -> Generator[Self]:
        """What a folder keeps; raises sqlite3.Error where it cannot be written."""
        with closing(sqlite3.connect(folder / FILE, isolation_level=None)) as file:
            file.execute("pragma journal_mode = wal")
            file.execute("pragma synchronous = normal")
            file.executescript(TABLES)
            yield cls(file)

    def answer(
        self, method: str, path: str, asked: str, told: Mapping[str, Any], version: str
    ) -> Answer:
        """Do what a request says; `version` is the entity tag that it demands, or empty."""
        kind, _, id_ = path.partition("/")
        ways: Mapping[tuple[str, str], Callable[[], Answer]] = {
            ("GET", "Users"): lambda: _listed(self._accounts(asked)),
            ("GET", "Groups"): lambda: _listed(self._teams(asked)),
            ("POST", "Users"): lambda: self._make(told),
            ("POST", "Groups"): lambda: self._make_team(str(told["displayName"])),
            ("PATCH", "Users"): lambda: self._change(id_, told, version),
            ("PATCH", "Groups"): lambda: self._move(id_, told),
            ("DELETE", "Users"): lambda: self._remove(id_),
        }
        way = ways.get((method, kind))
        return Answer(501) if way is None else way()

    def _remove(self, id_: str) -> Answer:
        gone = self.file.execute("delete from account where id = ?", (id_,)).rowcount
        self.file.execute("delete from member where account_id = ?", (id_,))
        return Answer(204 if gone else 404)

    def _accounts(self, asked: str) -> list[dict[str, Any]]:
        if (found := COMPARED.fullmatch(asked)) is None or found["name"] != "userName":
            return []
        rows = self.file.execute(ACCOUNT + "user_name = ?", (found["value"],))
        return [_shown(*row) for row in rows.fetchall()]

    def _teams(self, asked: str) -> list[dict[str, Any]]:
        if (found := COMPARED.fullmatch(asked)) is None:
            return []
        where = {
            "displayName": "name = ?",
            "members.value": "id in (select team_id from member where account_id = ?)",
        }[found["name"]]
        rows = self.file.execute(f"select id, name from team where {where}", (found["value"],))  # noqa: S608  # ours
        return [{"id": id_, "displayName": name} for id_, name in rows.fetchall()]

    def _make(self, told: Mapping[str, Any]) -> Answer:
        id_, external_id = ids.ordered().hex, str(told.get("externalId"))
        row = (id_, told["userName"], external_id, bool(told.get("active", True)), json.dumps(told))
        with self.file:
            self.file.execute("begin")
            try:
                self.file.execute("insert into account values (?, ?, ?, ?, 1, ?)", row)
            except sqlite3.IntegrityError:
                return Answer(409)
            self.file.execute("insert into made values (?)", (external_id,))
        return Answer(201, _shown(id_, 1, json.dumps(told)))

    def _make_team(self, name: str) -> Answer:
        id_ = ids.ordered().hex
        try:
            self.file.execute("insert into team values (?, ?)", (id_, name))
        except sqlite3.IntegrityError:
            return Answer(409)
        return Answer(201, {"id": id_, "displayName": name})

    def _change(self, id_: str, told: Mapping[str, Any], wanted: str) -> Answer:
        row = self.file.execute(ACCOUNT + "id = ?", (id_,)).fetchone()
        if row is None:
            return Answer(404)
        version, body = row[1], json.loads(row[2])
        if wanted and wanted != _tag(version):
            return Answer(412)
        body |= {each["path"]: each["value"] for each in told["Operations"]}
        self.file.execute(
            "update account set active = ?, version = ?, body = ? where id = ?",
            (bool(body.get("active", True)), version + 1, json.dumps(body), id_),
        )
        return Answer(200, _shown(id_, version + 1, json.dumps(body)))

    def _move(self, id_: str, told: Mapping[str, Any]) -> Answer:
        if self.file.execute("select 1 from team where id = ?", (id_,)).fetchone() is None:
            return Answer(404)
        for each in told["Operations"]:
            if (left := MEMBER.fullmatch(each["path"])) is not None:
                gone = (id_, left["id"])
                self.file.execute("delete from member where team_id = ? and account_id = ?", gone)
            for joined in each.get("value", ()):
                row = (id_, joined["value"])
                self.file.execute("insert or ignore into member values (?, ?)", row)
        return Answer(200, {"id": id_})


def _tag(version: int) -> str:
    return f'W/"{version}"'


def _shown(id_: str, version: int, body: str) -> dict[str, Any]:
    return {**json.loads(body), "id": id_, "meta": {"version": _tag(version)}}


def _listed(found: list[dict[str, Any]]) -> Answer:
    return Answer(200, {"totalResults": len(found), "Resources": found})


def kept(folder: Path) -> tuple[list[Login], Counter[str]]:
    """The accounts that there are, and how often one was made for each hire."""
    with closing(sqlite3.connect(f"file:{folder / FILE}?mode=ro", uri=True)) as file:
        logins = [
            Login(hire, bool(active))
            for hire, active in file.execute("select external_id, active from account")
        ]
        made = Counter(str(hire) for (hire,) in file.execute("select external_id from made"))
    return logins, made
