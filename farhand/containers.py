"""What containers need before they start: secrets in files, and PostgreSQL's roles and schemas.

`python -m farhand.containers secrets FOLDER` gives each service under FOLDER the secrets it needs,
and no others; what is there stays. `… database FOLDER` prepares the PostgreSQL that the environment
variable FARHAND_POSTGRES_HOST names.
"""

import asyncio
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from farhand.bootstrap import bootstrap
from farhand.credentials import Credentials
from farhand.errors import StackError
from farhand.services import SERVICES

EVERY_SERVICE: Final = ("api_token", "master_key", "redis")
OF_SERVICE: Final = {
    "onboarding": (
        *("hook_standard", "hook_greenhouse", "hook_bamboohr", "hook_merge"),
        *("scim_token", "bamboohr_api_key"),
    ),
    "metrics": ("hook_github", "hook_cdevents", "hook_mlflow", "hook_mlops", "hook_pagerduty"),
    "console": ("console_password",),
}
OF_PART: Final = {
    "postgres": ("password", "postgres_admin"),
    "redis": ("password", "redis"),
    "identity": ("scim_token", "scim_token"),
    "prometheus": ("api_token", "api_token"),
}
"""Parts that are given one secret only: the name of its file, and which it is."""

ALL: Final = "tools"
"""The folder with every secret; no service sees it."""
USER: Final = 10001
"""Services run as this user."""
ROOT: Final = 0


def give_secrets(folder: Path) -> Iterator[str]:
    """Make what is missing, and copy to each its own; yields what was given to whom."""
    roles = [service.name for service in SERVICES]
    made = Credentials(folder / ALL)
    made.generate(roles)
    for role in roles:
        given = {name: made.read(name) for name in (*EVERY_SERVICE, *OF_SERVICE.get(role, ()))}
        given["pgpass"] = f"*:*:*:{role}:{made.read(f'postgres_{role}')}"
        for name, secret in given.items():
            _put(folder / role / name, secret, mode=0o400, owner=USER)
        yield f"{role}: {', '.join(sorted(given))}"
    for part, (file, name) in OF_PART.items():
        # Read by the part's own user, whose number is its image's affair; alone in its volume.
        _put(folder / part / file, made.read(name), mode=0o444, owner=ROOT)
        yield f"{part}: {file}"


def _put(file: Path, secret: str, *, mode: int, owner: int) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_name(f".{file.name}.new")
    draft.unlink(missing_ok=True)
    draft.write_text(secret + "\n")
    draft.chmod(mode)
    os.chown(draft, owner, owner)
    draft.rename(file)


def prepare_database(folder: Path, host: str) -> None:
    """Roles, databases and schemas of all services; raises StackError with what is wrong."""
    made = Credentials(folder / ALL)
    admin = f"postgresql://postgres:{made.read('postgres_admin')}@{host}/postgres"
    roles = {service.name: made.read(f"postgres_{service.name}") for service in SERVICES}
    asyncio.run(bootstrap(admin, roles))


def main() -> None:
    """Do one of the two; the exit code tells whether it worked."""
    match sys.argv[1:]:
        case ["secrets", folder]:
            for given in give_secrets(Path(folder)):
                print(f"✓ {given}")
        case ["database", folder]:
            host = os.environ.get("FARHAND_POSTGRES_HOST", "postgres:5432")
            try:
                prepare_database(Path(folder), host)
            except StackError as error:
                sys.exit(f"✗ {error}")
            print(f"✓ roles, databases and schemas at {host}")
        case _:
            sys.exit(__doc__)


if __name__ == "__main__":
    main()
