"""All pages of the console, as one router."""

from fastapi import APIRouter

from services.console.web import (
    assets,
    board_page,
    hire_actions,
    hire_page,
    live_stream,
    sign_in_page,
)

router = APIRouter()
for each in (assets, sign_in_page, board_page, hire_page, hire_actions, live_stream):
    router.include_router(each.router)
