"""What a request may use of the running service."""

from dataclasses import dataclass

from fastapi import HTTPException, Request

from libs.common.kernel import Kernel
from libs.common.rate_limit import RateLimit
from libs.common.service import Tools


@dataclass(frozen=True, slots=True)
class Running:
    """The kernel and the tools of a service that has started."""

    kernel: Kernel
    tools: Tools
    rate_limit: RateLimit


def running(request: Request) -> Running:
    """For `Depends`: the running service; answers 503 while it is still starting."""
    state: Running | None = request.app.state.running
    if state is None:
        raise HTTPException(503, "the service is starting", headers={"Retry-After": "2"})
    return state
