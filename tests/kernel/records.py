"""Records as a bank would send them to the ledger."""

import json
from uuid import UUID

from libs.common import ids


def credit(account: UUID, amount: int, note: str = "") -> bytes:
    return json.dumps({"account": str(account), "amount": amount, "note": note}).encode()


def envelope(
    account: UUID, sequence: int | None = None, **changes: bytes | None
) -> dict[str, bytes | None]:
    headers: dict[str, bytes | None] = {
        "ce_specversion": b"1.0",
        "ce_id": str(ids.derived(account, sequence, ids.ordered())).encode(),
        "ce_type": b"account.credited.v1",
        "ce_source": b"bank/desk",
        "ce_subject": str(account).encode(),
    }
    if sequence is not None:
        headers["ce_sequence"] = str(sequence).encode()
    return headers | changes
