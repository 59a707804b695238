"""The application: collaborators in, routes on, nothing left without a permission."""

import gc
import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from fastapi import APIRouter, Depends, FastAPI
from fastapi.routing import APIRoute
from starlette.routing import Mount

from casework.telling.delivering import Deliveries
from connectors.webhooks import HttpPosting
from evidence.vault import Vault
from portal import faults, looks
from portal.api import ROUTERS as API_ROUTERS
from portal.assets import Assets
from portal.envelope import Envelope
from portal.gate import PLAIN_FORM_LIMIT, admit
from portal.languages import LANGUAGES
from portal.once import ONCE, once
from portal.pages import environment
from portal.permissions import PERMISSIONS
from portal.picturing import SmallCopies
from portal.routes import ROUTERS, styleguide
from portal.settings import Settings
from portal.uploads import UploadMeter
from storage.session import Database


class UnlistedRoute(Exception):  # noqa: N818 - says what is the matter
    """A route has no row in the permission table, or a row has no route."""


def create_app(
    settings: Settings,
    *,
    db: Database | None = None,
    vault: Vault | None = None,
    clock: Callable[[], datetime] | None = None,
) -> FastAPI:
    """The portal over a migrated database. Raises UnlistedRoute where a permission is missing."""
    app = FastAPI(
        title="Test buys",
        openapi_url=None,
        dependencies=[Depends(admit)],
        lifespan=_lifespan,
        redirect_slashes=False,
    )
    app.state.settings = settings
    app.state.db = db or settings.database()
    app.state.vault = vault or settings.vault()
    app.state.small_copies = SmallCopies(app.state.vault)
    app.state.clock = clock or (lambda: datetime.now(UTC))
    app.state.templates = {
        language: environment(language, development=settings.development) for language in LANGUAGES
    }
    app.mount("/static", Assets(), name="static")
    for router in (*ROUTERS, *API_ROUTERS, *((styleguide.router,) if settings.development else ())):
        _add(app, router)
    faults.install(app)
    app.state.uploads = UploadMeter()
    app.add_middleware(
        Envelope,
        body_limit=PLAIN_FORM_LIMIT,
        secure=settings.secure_cookies,
        on_fault=faults.unexpected,
        on_answer=looks.write,
    )
    _ensure_listed(app)
    return app


def as_told() -> FastAPI:
    """The portal as the environment tells it (`portal.settings`), for a process that serves it."""
    app = create_app(Settings())
    # What is here now stays as long as the process. Walked through by each full collection of
    # garbage, it kept every request waiting for half a second (bench/RESULTS.md).
    gc.collect()
    gc.freeze()
    return app


def _add(app: FastAPI, router: APIRouter) -> None:
    # Routes are added one by one, so that the application itself lists every one of them: an
    # included router stays closed to the check below.
    for route in router.routes:
        assert isinstance(route, APIRoute)
        app.add_api_route(
            route.path,
            once(route.endpoint) if route.name in ONCE else route.endpoint,
            methods=sorted(route.methods or ()),
            name=route.name,
            response_model=route.response_model,
            status_code=route.status_code,
            responses=route.responses,
            response_class=route.response_class,
            tags=route.tags,
            summary=route.summary,
            description=route.description,
            include_in_schema=route.include_in_schema,
        )


def _ensure_listed(app: FastAPI) -> None:
    names = [getattr(route, "name", repr(route)) for route in app.routes]
    missing = sorted(set(names) - PERMISSIONS.keys())
    if missing:
        raise UnlistedRoute(f"no permission is set for {', '.join(missing)}")
    doubled = sorted({name for name in names if names.count(name) > 1})
    if doubled:
        raise UnlistedRoute(f"two routes share a name: {', '.join(doubled)}")
    if any(isinstance(route, Mount) and route.name != "static" for route in app.routes):
        raise UnlistedRoute("a mounted application passes no permission check")


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    settings: Settings = app.state.settings
    posting = HttpPosting(allowed=settings.webhook_networks)
    sending = Deliveries(app.state.db, posting, app.state.clock)
    sending.start()
    try:
        async with _dispatching(app, settings):
            yield
    finally:
        sending.stop()


@asynccontextmanager
async def _dispatching(app: FastAPI, settings: Settings) -> AsyncIterator[None]:
    if not settings.prefect_api_url:
        yield
        return
    # Only a portal with a control room behind it sends wake-ups.
    from casework.clock.dispatch import Dispatcher
    from casework.verdicts import pending
    from connectors.prefect_api import PrefectApi

    prefect = PrefectApi(settings.prefect_api_url, auth=settings.prefect_auth)
    dispatcher = Dispatcher(
        app.state.db,
        prefect,
        app.state.clock,
        first=lambda: pending.settle(app.state.db, app.state.clock(), secrets.token_bytes(32)),
    )
    dispatcher.start()
    try:
        yield
    finally:
        dispatcher.stop()
        prefect.close()
