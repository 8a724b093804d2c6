"""The identity provider that `up` starts: closed to strangers, and it forgets nothing."""

from contextlib import closing
from pathlib import Path
from typing import Any

import httpx2
import pytest
from scim2_server.utils import load_default_provider

from farhand.embedded.kept_accounts import KeptAccounts
from farhand.stack import Stack
from tests.house.waiting import until

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"


def client(house: Stack, token: str | None = None) -> httpx2.AsyncClient:
    token = token or house.credentials.read("scim_token")
    headers = {"authorization": f"Bearer {token}"}
    return httpx2.AsyncClient(base_url=house.addresses.scim, headers=headers, trust_env=False)


def titled(title: str) -> dict[str, Any]:
    operation = {"op": "replace", "path": "title", "value": title}
    return {"schemas": [PATCH], "Operations": [operation]}


@pytest.mark.parametrize("path", ["/Users", "/Groups", "/Schemas"])
async def test_a_stranger_is_told_nothing(house: Stack, path: str) -> None:
    async with client(house, "another") as stranger:
        assert (await stranger.get(path)).status_code == 401


async def test_what_was_answered_is_kept_through_a_kill(house: Stack) -> None:
    async with client(house) as admin:
        kept, gone = [
            (await admin.post("/Users", json={"schemas": [USER], "userName": name})).json()
            for name in ("kept", "gone")
        ]
        await admin.patch(f"/Users/{kept['id']}", json=titled("Lead"))
        await admin.delete(f"/Users/{gone['id']}")
        before = (await admin.get(f"/Users/{kept['id']}")).json()

        house.kill("scim")
        await until(lambda: house.children["scim"].restarts > 0)
        await house.until_ready("scim")

        assert (await admin.get(f"/Users/{kept['id']}")).json() == before
        assert (await admin.get(f"/Users/{gone['id']}")).status_code == 404
        taken = await admin.post("/Users", json={"schemas": [USER], "userName": "kept"})
        assert taken.status_code == 409
        await admin.patch(f"/Users/{kept['id']}", json=titled("Director"))
        after = (await admin.get(f"/Users/{kept['id']}")).json()
        assert after["meta"]["version"] != before["meta"]["version"], "no version comes twice"


def test_an_empty_folder_has_no_accounts(tmp_path: Path) -> None:
    with closing(KeptAccounts(tmp_path / "accounts.sqlite", load_default_provider())) as accounts:
        assert accounts.resources == []
