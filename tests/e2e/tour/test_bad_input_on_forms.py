"""Whatever is typed into any form: the message stands beside the field, what was typed is still there, and the focus
is where the error is. The forms are found on the pages of the tour.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from auth_backend.i18n import HTML_LANG
from tests.e2e.tour.arriving import SCENES, scene_in
from tests.e2e.tour.looks import is_english
from tests.e2e.tour.scenes_anybody import anybody
from tests.e2e.tour.stops import Scene, Stop
from tests.support.html_forms import Field, Form, ReadPage

LANG = "pt"
TICKED = {"radio", "checkbox"}
LONG, EMOJI, MARKUP, BACKWARDS = "9" * 3_000, "🦊" * 6, '"><script>alert(1)</script>', "\u202e654321\u2066 אבג"
ALWAYS = ("", "   ", LONG, EMOJI, MARKUP, BACKWARDS)
REFUSED: Mapping[str, tuple[str, ...]] = {
    "code": (*ALWAYS, "12345", "1234567", "abcdef", "１２３４５"),
    "recovery_code": (*ALWAYS, "123456", "uuuuu-uuuuu-uuuuu"),
    "email": ("", "   "),
    "address": (*ALWAYS, "ana", "ana@", "@acme.example", "ana@acme", "ａｎａ＠"),
    "reference": (*ALWAYS, "ABC", "１２３"),
    "phone": (*ALWAYS, "12", "abc", "１２３", "+1"),
    "phone_country": ("", "ZZ", MARKUP),
    "password": ("",),
    "current_password": ("",),
    "new_password": (*ALWAYS[:2], "short", "9" * 20, LONG, "🦊" * 6),
    "reason": (*ALWAYS, "unheard-of"),
    "note": (),
    "/login/forgot email": (*ALWAYS, "ana", "ana@", "@acme.example", "ana@acme"),
    "/account/security/passkeys name": (),
    "/account/security/passkeys/ID/name name": ("", "   "),
    "/account/members/ID/name name": ("", "   ", LONG),
    "q": (),
    "to": (),
}
"""What each field has to refuse, by its name or its form and name. Every field of every form is here; most of it costs
no try.
"""
TAKEN: Mapping[str, tuple[str, ...]] = {"q": ALWAYS, "to": ALWAYS}
"""What must do no harm where anything may be typed."""
GOOD = {
    "email": "ana@acme.example",
    "address": "ana@home.example",
    "phone_country": "BR",
    "phone": "11 98888-6666",
    "reference": "ABC234",
    "password": "some password or other",
    "current_password": "some password or other",
    "new_password": "a new and longer password",
    "reason": "other",
    "note": "My phone fell into the river",
    "name": "Laptop",
}


@dataclass
class Crawl:
    """Every form once: by its address, without the ids in it."""

    wrong: list[str] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)
    tried: int = 0

    async def visit(self, stop: Stop) -> None:
        """Tries the forms of a page that were on none before; then does what the stop does."""
        async with stop.browser.client.get(stop.path) as response:
            page = ReadPage(await response.text())
        for form in page.forms:
            name = re.sub(r"[0-9a-f]{32}", "ID", form.action) + " " + ",".join(form.open)
            if form.open and name not in self.seen:
                self.seen.add(name)
                await self._try(stop, form, name)
        if stop.form:
            await stop.browser.get(stop.path, status=0)
            await stop.browser.post(stop.form, dict(stop.typed), status=0)

    async def _try(self, stop: Stop, form: Form, name: str) -> None:
        address, empty = name.partition(" ")[0], dict.fromkeys(form.open, "")
        if form.method == "post" and any(
            one.kind not in TICKED and "required" in one.attributes for one in form.open.values()
        ):
            async with stop.browser.client.post(form.action, data={**form.hidden, **empty}) as response:
                self._note(f"{name}: all empty", first_focused(ReadPage(await response.text())))
        for one in form.open.values():
            if one.kind in TICKED:
                continue
            for bad in REFUSED[of_form if (of_form := f"{address} {one.name}") in REFUSED else one.name]:
                sent = {**form.hidden, **{other: GOOD.get(other, "") for other in form.open}, one.name: bad}
                async with stop.browser.client.post(form.action, data=sent) as response:
                    found = refused(ReadPage(await response.text()), response.status, one, sent)
                self._note(f"{name}: {one.name}={bad[:20]!r}", found)
            for odd in TAKEN.get(one.name, ()):
                async with stop.browser.client.get(form.action, params={one.name: odd}) as response:
                    self._note(f"{name}: {odd[:20]!r}", [f"status {response.status}"] if response.status != 200 else [])

    def _note(self, what: str, found: list[str]) -> None:
        self.tried += 1
        self.wrong += [f"{what}: {line}" for line in found]


def first_focused(page: ReadPage) -> list[str]:
    """What is wrong with where the focus goes when several fields are."""
    wrong = [
        one.attributes["id"] for form in page.forms for one in form.open.values() if "aria-invalid" in one.attributes
    ]
    return [] if page.focused == wrong[:1] else [f"the focus goes to {page.focused}, wrong are {wrong}"]


def refused(page: ReadPage, status: int, wrong: Field, sent: Mapping[str, str]) -> list[str]:
    """What is wrong with the answer to a form in which the field `wrong` was."""
    if not 400 <= status < 500:
        return [f"status {status}"]
    shown = next((form.open for form in page.forms if wrong.name in form.open and "csrf" in form.hidden), {})
    if wrong.name not in shown:
        return [f"status {status}, and the form is gone"]
    here = shown[wrong.name].attributes
    described = here.get("aria-describedby", "").split()
    message = next((page.messages[name].strip() for name in described if name in page.messages), "")
    return [
        *([f"status {status}"] if status != 422 else []),
        *([] if here.get("aria-invalid") == "true" else ["not marked as wrong"]),
        *([] if message else ["no message beside it"]),
        *([f"English: {message}"] if is_english(message, LANG) else []),
        *([] if page.lang == HTML_LANG[LANG] else [f"language {page.lang}"]),
        *([] if page.focused == [here["id"]] else [f"the focus goes to {page.focused}"]),
        *(f"lost: {name}" for name, one in shown.items() if not one.is_secret and not kept(one, sent[name])),
        *(f"a secret came back: {name}" for name, one in shown.items() if one.is_secret and one.typed),
    ]


def kept(shown: Field, typed: str) -> bool:
    """Whether a field still holds what was typed, as far as it lets one type; in a list, if it was on the list."""
    most = int(shown.attributes.get("maxlength", 10_000))
    return shown.kind in {"select", *TICKED} or shown.typed[:most] == typed[:most]


async def crawl(scenes: Sequence[Scene], folder: Path, migrated: Path) -> Crawl:
    """Every form on the way."""
    done = Crawl()
    for scene in scenes:
        async with scene_in(scene, LANG, folder / scene.__name__, migrated) as (_, stops):
            async for stop in stops:
                await done.visit(stop)
    assert not done.wrong, "\n".join(done.wrong)
    return done


@pytest.mark.slow
@pytest.mark.timeout(200)
async def test_every_form(migrated: Path, tmp_path: Path) -> None:
    done = await crawl(SCENES, tmp_path, migrated)
    assert (len(done.seen) > 20, done.tried > 200) == (True, True), done


async def test_forms_for_anybody(migrated: Path, tmp_path: Path) -> None:
    assert (await crawl([anybody], tmp_path, migrated)).seen >= {"/login email,password", "/not-me reference"}
