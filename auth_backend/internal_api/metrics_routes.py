"""`GET /internal/metrics`, for Prometheus: a bearer token of its own that opens nothing else."""

from aiohttp import web

from auth_backend.internal_api.guards import BOT
from auth_backend.metrics import CONTENT_TYPE, SCOPE_METRICS
from auth_backend.services import SERVICES
from httpkit.bearer import SCOPE
from httpkit.errors import client_error


async def read_metrics(request: web.Request) -> web.Response:
    """Prometheus' text format."""
    if request[SCOPE] not in {SCOPE_METRICS, BOT}:
        raise client_error(403)
    services = request.app[SERVICES]
    async with services.reading.begin() as session:
        text = await services.metrics.render(session, now=services.now())
    return web.Response(body=text, headers={"Content-Type": CONTENT_TYPE})


def add_routes(app: web.Application) -> None:
    """On the internal port."""
    app.router.add_get("/internal/metrics", read_metrics)
