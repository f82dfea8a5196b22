"""The help centre: start page with search, articles, feedback."""

from urllib.parse import quote

from aiohttp import web

from auth_backend.help.articles import TWO_FACTOR, get_article, list_slugs
from auth_backend.help.models import ArticleFeedback
from auth_backend.help.search import MAX_QUERY, search
from auth_backend.middlewares import LANG
from auth_backend.pages import render
from auth_backend.services import SERVICES
from httpkit.bodies import form_body
from httpkit.errors import client_error


async def show_help_centre(request: web.Request) -> web.Response:
    """The start page; with `?q=` what was found."""
    lang = request[LANG]
    articles = [article for slug in list_slugs() if (article := get_article(slug, lang)) is not None]
    query = request.query.get("q", "").strip()[:MAX_QUERY]
    if query:
        return render(request, "help/results.html", query=query, hits=search(articles, query))
    return render(request, "help/home.html", article=get_article(TWO_FACTOR, lang), query="")


async def show_article(request: web.Request) -> web.Response:
    """An article with all its sections."""
    article = get_article(request.match_info["slug"], request[LANG])
    if article is None:
        raise client_error(404)
    return render(request, "help/article.html", article=article, thanks=request.query.get("thanks"))


async def give_feedback(request: web.Request) -> web.Response:
    """Counts a yes or no; who said it is not kept."""
    slug, form, services = request.match_info["slug"], form_body(request), request.app[SERVICES]
    answer = form.get("helpful")
    if slug not in list_slugs():
        raise client_error(404)
    if answer not in {"yes", "no"}:
        raise client_error(400)
    async with services.sessions.begin() as session:
        session.add(ArticleFeedback(article=slug, language=request[LANG], helpful=answer == "yes", at=services.now()))
    raise web.HTTPSeeOther(f"/help/{quote(slug)}?thanks={answer}#feedback")


def add_routes(app: web.Application) -> None:
    """Routes of this module."""
    app.router.add_get("/", show_help_centre)
    app.router.add_get("/help/{slug}", show_article)
    app.router.add_post("/help/{slug}/feedback", give_feedback)
