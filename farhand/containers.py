"""What containers need before they start: secrets in files, and PostgreSQL's roles and schemas.

`python -m farhand.containers secrets FOLDER` gives each service under FOLDER the secrets it needs,
and no others; what is there stays. `… database FOLDER` prepares the PostgreSQL that the environment
variable FARHAND_POSTGRES_HOST names. `… certificates FOLDER` makes those of Kafka, PostgreSQL and
Redis, and tells everybody the authority; `… rules FOLDER` gives the Kafka that FARHAND_KAFKA_ADMIN
names its users, topics and rules. `… master-key STEP FOLDER` changes the master key
(`farhand/master_key.py`). `… put NAME FOLDER` keeps what it is given at standard input as the
secret of that name, `… renew NAME FOLDER` throws one away, so that `secrets` makes another, and
`… export FOLDER` writes all secrets to standard output as a tar archive, for the `farhand` command.
"""

import asyncio
import os
import sys
import tarfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import BinaryIO, Final

from farhand import certificates
from farhand.bootstrap import bootstrap
from farhand.credentials import Credentials
from farhand.errors import StackError
from farhand.master_key import STEPS, take
from farhand.services import SERVICES
from libs.common.clock import wall

EVERY_SERVICE: Final = ("api_token", "master_key", "redis")
OF_SERVICE: Final = {
    "onboarding": (
        *("hook_standard", "hook_greenhouse", "hook_bamboohr", "hook_merge"),
        *("scim_token", "bamboohr_api_key"),
    ),
    "metrics": (
        *("hook_github", "hook_gitlab", "hook_cdevents", "hook_mlflow"),
        *("hook_growthbook", "hook_mlops", "hook_pagerduty"),
    ),
    "console": ("console_password",),
}
OF_PART: Final = {
    "postgres": ("password", "postgres_admin"),
    "redis": ("password", "redis"),
    "identity": ("scim_token", "scim_token"),
    "prometheus": ("api_token", "api_token"),
}
"""Parts that are given one secret only: the name of its file, and which it is."""
FOREIGN: Final = {"console": ("oidc_client",)}
"""Secrets that nobody can make, since others know them: given to a service where they were put."""

ADMINISTRATOR: Final = "farhand-admin"
"""Whom Kafka lets change its rules, by the name in a certificate."""
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
        for name in FOREIGN.get(role, ()):
            if made.file(name).is_file():
                given[name] = made.read(name)
        given["kafka_password"] = made.read(f"kafka_{role}")
        given["pgpass"] = f"*:*:*:{role}:{made.read(f'postgres_{role}')}"
        for name, secret in given.items():
            _put(folder / role / name, secret, 0o400, USER)
        yield f"{role}: {', '.join(sorted(given))}"
    for part, (file, name) in OF_PART.items():
        # Read by the part's own user, whose number is its image's affair; alone in its volume.
        _put(folder / part / file, made.read(name), 0o444, ROOT)
        yield f"{part}: {file}"


def _put(file: Path, secret: str, mode: int, owner: int) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_name(f".{file.name}.new")
    draft.unlink(missing_ok=True)
    draft.touch(mode=0o600)
    draft.write_text(secret.strip() + "\n")
    draft.chmod(mode)
    os.chown(draft, owner, owner)
    draft.rename(file)


def give_certificates(folder: Path) -> Iterator[str]:
    """Certificates for what listens and for Kafka's administrator; all are told the authority."""
    made, now = folder / ALL, wall()
    ca = certificates.authority(made, now)
    broker = certificates.certificate(made, "kafka", ca, now)
    _put(folder / "kafka" / "kafka.pem", broker.key_pem + broker.certificate_pem, 0o444, ROOT)
    server = certificates.certificate(made, "postgres", ca, now)
    _put(folder / "postgres" / "postgres.crt", server.certificate_pem, 0o444, ROOT)
    _put(folder / "postgres" / "postgres.key", server.key_pem, 0o400, ROOT)
    cache = certificates.certificate(made, "redis", ca, now)
    _put(folder / "redis" / "redis.crt", cache.certificate_pem, 0o444, ROOT)
    # Read by Redis' own user, as its password is; alone in its volume.
    _put(folder / "redis" / "redis.key", cache.key_pem, 0o444, ROOT)
    certificates.certificate(made, ADMINISTRATOR, ca, now)
    for reader in ("kafka", "redis", *(service.name for service in SERVICES)):
        _put(folder / reader / "ca.crt", ca.certificate_pem, 0o444, ROOT)
        yield f"{reader}: ca.crt"


def prepare_kafka(folder: Path) -> Iterator[str]:
    """Users, topics and rules of Kafka; raises StackError with what is wrong."""
    from farhand.kafka_rules import Administrator, make_rules  # noqa: PLC0415  # a driver of its own

    address = os.environ.get("FARHAND_KAFKA_ADMIN", "kafka:9094")
    made = Credentials(folder / ALL)
    passwords = {service.name: made.read(f"kafka_{service.name}") for service in SERVICES}
    own = [made.file(f"{ADMINISTRATOR}.{end}") for end in ("crt", "key")]
    make_rules(
        Administrator(address, made.file("ca.crt"), *own),
        passwords,
        partitions=int(os.environ.get("FARHAND_PARTITIONS", "6")),
        replicas=int(os.environ.get("FARHAND_REPLICAS", "1")),
    )
    yield f"users, topics and rules at {address}"


def _administrator(folder: Path | str) -> str:
    host = os.environ.get("FARHAND_POSTGRES_HOST", "postgres:5432")
    password = Credentials(Path(folder) / ALL).read("postgres_admin")
    return f"postgresql://postgres:{password}@{host}/postgres"


def prepare_database(folder: Path) -> Iterator[str]:
    """Roles, databases and schemas of all services; raises StackError with what is wrong."""
    host = os.environ.get("FARHAND_POSTGRES_HOST", "postgres:5432")
    made = Credentials(folder / ALL)
    roles = {service.name: made.read(f"postgres_{service.name}") for service in SERVICES}
    asyncio.run(bootstrap(_administrator(folder), roles))
    yield f"roles, databases and schemas at {host}"


def put(name: str, folder: Path, content: str) -> str:
    """Keep a secret that others gave; raises StackError if it is none of ours, or empty."""
    ours = (*EVERY_SERVICE, *(each for names in OF_SERVICE.values() for each in names))
    known = {*ours, *(each for names in FOREIGN.values() for each in names)}
    if name not in known:
        raise StackError(f"there is no secret {name!r}; it is one of {', '.join(sorted(known))}")
    if not content.strip():
        raise StackError(f"nothing was given for {name}: hand it in at standard input")
    _put(folder / ALL / name, content, 0o600, ROOT)
    return f"{name} is kept; `secrets` gives it to who needs it"


def renew(name: str, folder: Path) -> str:
    """Throw a password away that nobody outside knows; raises StackError if it is not one."""
    roles = [service.name for service in SERVICES]
    ours = ("redis", *(f"{part}_{role}" for part in ("postgres", "kafka") for role in roles))
    if name not in ours:
        raise StackError(f"{name!r} cannot be made anew like this; {', '.join(ours)} can")
    (folder / ALL / name).unlink(missing_ok=True)
    return f"{name} is gone; `secrets` makes another, and gives it to who needs it"


def export(folder: Path, to: BinaryIO) -> None:
    """Write every secret as a tar archive."""
    with tarfile.open(fileobj=to, mode="w|") as archive:
        for file in sorted((folder / ALL).iterdir()):
            archive.add(file, file.name)


DOES: Final[Mapping[str, Callable[[Path], Iterator[str]]]] = {
    "secrets": give_secrets,
    "certificates": give_certificates,
    "database": prepare_database,
    "rules": prepare_kafka,
}
"""What is done with a folder of secrets, by its name on the command line; yields what was done."""


def main() -> None:
    """Do one of them; the exit code tells whether it worked."""
    try:
        match sys.argv[1:]:
            case ["export", folder]:
                export(Path(folder), sys.stdout.buffer)
            case ["put", name, folder]:
                print(f"✓ {put(name, Path(folder), sys.stdin.read())}")
            case ["renew", name, folder]:
                print(f"✓ {renew(name, Path(folder))}")
            case ["master-key", step, folder] if step in STEPS:
                print(take(STEPS[step], Credentials(Path(folder) / ALL), _administrator(folder)))
            case [what, folder] if what in DOES:
                for done in DOES[what](Path(folder)):
                    print(f"✓ {done}")
            case _:
                sys.exit(__doc__)
    except StackError as error:
        sys.exit(f"✗ {error}")


if __name__ == "__main__":
    main()
