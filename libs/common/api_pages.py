"""The documents of a service, OpenAPI and AsyncAPI, with pages whose assets come from packages."""

from functools import cache
from importlib.resources import files
from typing import Any, Final

from fastapi import APIRouter, FastAPI, HTTPException, Request, Response
from fastapi.openapi.docs import get_swagger_ui_html
from fastapi.openapi.utils import get_openapi
from fastapi.responses import HTMLResponse

from libs.common import asyncapi
from libs.common.service import Service

ASSETS: Final = {
    "swagger-ui-bundle.js": ("fastapi_offline", "text/javascript"),
    "swagger-ui.css": ("fastapi_offline", "text/css"),
    "asyncapi-viewer.iife.js": ("asyncapi_viewer", "text/javascript"),
}

ASYNCAPI_PAGE: Final = """<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>{title}: events</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<script src="assets/asyncapi-viewer.iife.js"></script></head>
<body><asyncapi-viewer src="asyncapi.json" sidebar></asyncapi-viewer></body>
</html>"""


def router(service: Service) -> APIRouter:
    """The documents describe the service and hold nobody's data, so they need no token."""
    pages = APIRouter(include_in_schema=False)

    @pages.get("/openapi.json")
    def openapi(request: Request) -> dict[str, Any]:
        app: FastAPI = request.app
        return get_openapi(title=app.title, version=app.version, routes=app.routes)

    @pages.get("/docs")
    def openapi_page() -> HTMLResponse:
        return get_swagger_ui_html(
            openapi_url="openapi.json",
            title=f"{service.title}: API",
            swagger_js_url="assets/swagger-ui-bundle.js",
            swagger_css_url="assets/swagger-ui.css",
            swagger_favicon_url="data:,",
        )

    @pages.get("/asyncapi.json")
    def asyncapi_document() -> dict[str, Any]:
        return asyncapi.document(service)

    @pages.get("/asyncapi")
    def asyncapi_page() -> HTMLResponse:
        return HTMLResponse(ASYNCAPI_PAGE.format(title=service.title))

    @pages.get("/assets/{name}")
    def asset(name: str) -> Response:
        if name not in ASSETS:
            raise HTTPException(404, "no such asset")
        return Response(_read(name), media_type=ASSETS[name][1])

    return pages


@cache
def _read(name: str) -> bytes:
    package, _ = ASSETS[name]
    return (files(package) / "static" / name).read_bytes()
