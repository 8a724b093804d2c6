"""What the journey asks for to erase a person, and what it hears back.

First all keys are found under which something of the person is sealed, and their fingerprints kept
with the journey; then they are shredded. So a crash in between leaves no key gone unknown.
"""

from libs.common.contracts.onboarding import ErasedPlace, Fingerprint
from libs.common.contracts.values import HireId, Instant, Sealed, Value
from libs.common.message import Effect, Reply


class FindKeys(Effect):
    """The keys that seal something of a person are looked for, and what stands in the way."""

    lane = "erasure"

    hire_id: HireId
    worker: Sealed


class FoundKey(Value):
    """A data key by whose it is, a person's or a delivery's, and its fingerprint."""

    owner: str
    fingerprint: Fingerprint


class KeysFound(Reply):
    """The keys, the person's own first; empty where the person was erased before."""

    hire_id: HireId
    keys: tuple[FoundKey, ...]


class ShredKeys(Effect):
    """These keys shall be gone, and with them what a system outside tells of the person."""

    lane = "erasure"

    hire_id: HireId
    worker: Sealed
    keys: tuple[FoundKey, ...]


class KeysShredded(Reply):
    """The keys were read back as gone; `places` tells what was seen where."""

    hire_id: HireId
    shredded_at: Instant
    places: tuple[ErasedPlace, ...]
