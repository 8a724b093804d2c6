"""What a service reads from its environment."""

from pathlib import Path

import pytest

from libs.common.settings import Settings


@pytest.mark.parametrize(
    ("given", "secret", "expected"),
    [
        pytest.param("redis://r:6379/0", "p@ss", "redis://:p%40ss@r:6379/0", id="in a file"),
        pytest.param("redis://:own@r:6379/0", "p", "redis://:own@r:6379/0", id="in the address"),
        pytest.param("redis://r:6379/0", None, "redis://r:6379/0", id="none at all"),
        pytest.param("", "p", "", id="no Redis"),
    ],
)
def test_the_password_of_redis_may_be_a_secret_of_its_own(
    tmp_path: Path, given: str, secret: str | None, expected: str
) -> None:
    if secret is not None:
        (tmp_path / "redis").write_text(secret + "\n")
    settings = Settings(kafka="k:1", postgres="", keys="", secrets=tmp_path, redis=given)

    assert settings.redis_url == expected
