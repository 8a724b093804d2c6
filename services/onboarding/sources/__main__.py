"""`python -m services.onboarding.sources` writes the public contract as JSON Schema."""

import json
from pathlib import Path
from typing import Final

from services.onboarding.sources.canonical import json_schema

SCHEMA: Final = Path(__file__).with_name("canonical.schema.json")

if __name__ == "__main__":
    SCHEMA.write_text(json.dumps(json_schema(), indent=2, ensure_ascii=False) + "\n", "utf-8")
