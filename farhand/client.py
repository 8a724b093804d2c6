"""The APIs of a Farhand that runs, for the sub-commands that talk to it."""

from collections.abc import Generator
from contextlib import contextmanager
from http import HTTPStatus
from typing import Any

import httpx2

from farhand.credentials import Credentials
from farhand.errors import StackError
from farhand.home import Home
from farhand.settings import Settings


class Client:
    """One service's API, with the token of this home."""

    def __init__(self, http: httpx2.Client, service: str) -> None:
        self._http = http
        self._service = service

    def get(self, path: str) -> httpx2.Response:
        return self.checked("GET", path)

    def post(self, path: str, body: dict[str, object]) -> httpx2.Response:
        return self.checked("POST", path, json=body)

    def found(self, path: str) -> Any:
        """The JSON of what is there; None where there is nothing."""
        answer = self._asked("GET", path)
        return None if answer.status_code == HTTPStatus.NOT_FOUND else self._fine(answer).json()

    def checked(self, method: str, path: str, **kwargs: object) -> httpx2.Response:
        """Raises StackError with what the service says is wrong."""
        return self._fine(self._asked(method, path, **kwargs))

    def _asked(self, method: str, path: str, **kwargs: object) -> httpx2.Response:
        try:
            return self._http.request(method, path, **kwargs)  # pyright: ignore[reportArgumentType]
        except httpx2.TransportError as error:
            raise StackError(
                f"{self._service} does not answer at {self._http.base_url} "
                f"({type(error).__name__}). Does it run? See `farhand status`."
            ) from error

    def _fine(self, answer: httpx2.Response) -> httpx2.Response:
        if answer.is_error:
            raise StackError(f"{self._service} answers {answer.status_code}: {_detail(answer)}")
        return answer


def _detail(answer: httpx2.Response) -> str:
    try:
        return str(answer.json()["detail"])
    except (ValueError, KeyError, TypeError):
        return answer.text[:200] or "nothing more"


@contextmanager
def client(service: str, seconds: float = 10) -> Generator[Client]:
    """Talk to a service of the Farhand whose home is FARHAND_HOME, and wait so long for answers."""
    settings = Settings.from_env()
    token = Credentials(Home(settings.home).secrets).read("api_token")
    with httpx2.Client(
        base_url=f"http://127.0.0.1:{settings.port(service)}",
        headers={"authorization": f"Bearer {token}"},
        timeout=seconds,
    ) as http:
        yield Client(http, service)
