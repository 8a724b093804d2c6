"""JSON text as PostgreSQL's `jsonb` can keep it, whatever a sender wrote into it."""

import re
from typing import Final

_NUL: Final = re.compile(r"(?<!\\)((?:\\\\)*)\\u0000")
"""The escape of NUL: after an even number of backslashes, or it is text that looks like one."""


def storable_json(text: str) -> str:
    r"""The same JSON without NUL, which `jsonb` refuses: each stands as U+FFFD.

    An event that holds one would else be set aside, with all that follows for its key.
    """
    # Nearly no text has one, and to look for it costs a tenth of what the pattern does.
    return _NUL.sub(r"\1\\ufffd", text) if "\\u0000" in text else text
