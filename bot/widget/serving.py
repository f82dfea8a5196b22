"""Serves the chat client's files as they are written, only without comments and indentation.

There is no build step: one line of a served module is the same line of its source, so a stack trace from a browser
points into the repository. Files are read once, at start; pages ask again each time and mostly hear 304, so a new
version of one module never meets an old one of another.
"""

import gzip
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from aiohttp import web

CONTENT_TYPES = {".js": "text/javascript", ".css": "text/css"}
LAUNCHER = "zoe-chat.js"

_BLOCK_COMMENT = re.compile(r"^[ ]*/\*.*?\*/|/\*\* @type .*?\*/ ?", re.MULTILINE | re.DOTALL)
"""A comment that begins its line, or a type that stands before an expression; never the inside of a string."""
_LINE_COMMENT = re.compile(r"(?:^| +)// .*$", re.MULTILINE)
_INDENTATION = re.compile(r"^[ ]+", re.MULTILINE)


@dataclass(frozen=True)
class WidgetFile:
    """One file, ready to be sent: the bytes, the same with gzip, and a strong validator for each."""

    content_type: str
    body: bytes
    gzipped: bytes
    digest: str


def compact(source: str) -> str:
    """A module or style sheet without comments and indentation; every line keeps its number."""
    without_blocks = _BLOCK_COMMENT.sub(lambda comment: "\n" * comment[0].count("\n"), source)
    return _INDENTATION.sub("", _LINE_COMMENT.sub("", without_blocks))


def load_widget(folder: Path) -> Mapping[str, WidgetFile]:
    """Reads what browsers may ask for, by file name; types, tests and Python are not among it."""
    return {path.name: _load(path) for path in sorted(folder.iterdir()) if path.suffix in CONTENT_TYPES}


def _load(path: Path) -> WidgetFile:
    body = compact(path.read_text(encoding="utf-8")).encode()
    digest = hashlib.sha256(body).hexdigest()[:24]
    return WidgetFile(CONTENT_TYPES[path.suffix], body, gzip.compress(body, 9, mtime=0), digest)


def add_file_routes(app: web.Application, prefix: str, folder: Path) -> None:
    """Mounts `GET {prefix}/{name}` for the modules and style sheets in `folder`."""
    files = load_widget(folder)

    async def serve_widget_file(request: web.Request) -> web.Response:
        file = files.get(request.match_info["name"])
        if file is None:
            raise web.HTTPNotFound
        return _respond(request, file, shared=request.match_info["name"] == LAUNCHER)

    app.router.add_get(prefix + "/{name}", serve_widget_file)


def _respond(request: web.Request, file: WidgetFile, *, shared: bool) -> web.Response:
    zipped = "gzip" in request.headers.get("Accept-Encoding", "")
    tag = f"{file.digest}{'-gz' if zipped else ''}"
    headers = {
        "Cache-Control": "no-cache",
        "Vary": "Accept-Encoding",
        "ETag": f'"{tag}"',
        "X-Content-Type-Options": "nosniff",
    }
    if shared:
        # A module script of another origin runs only with leave; the file is public and knows nobody.
        headers |= {"Access-Control-Allow-Origin": "*", "Cross-Origin-Resource-Policy": "cross-origin"}
    if any(known.value == tag for known in request.if_none_match or ()):
        return web.Response(status=304, headers=headers)
    if zipped:
        headers["Content-Encoding"] = "gzip"
    return web.Response(
        body=file.gzipped if zipped else file.body, content_type=file.content_type, charset="utf-8", headers=headers
    )
