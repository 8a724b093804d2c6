"""All pages of the console, as one router."""

from fastapi import APIRouter

from services.console.web import (
    accounts_page,
    assets,
    audit_page,
    board_page,
    figures_page,
    hire_actions,
    hire_page,
    law_page,
    live_stream,
    nowhere_page,
    openid_page,
    operations_page,
    person_page,
    sign_in_page,
    worker_page,
)

PAGES = (
    assets,
    sign_in_page,
    openid_page,
    board_page,
    hire_page,
    hire_actions,
    person_page,
    worker_page,
    law_page,
    figures_page,
    operations_page,
    audit_page,
    accounts_page,
    live_stream,
    nowhere_page,
)

router = APIRouter()
for each in PAGES:
    router.include_router(each.router)
