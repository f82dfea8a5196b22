"""Invariant 6: what a chat says before both proofs."""

import json
from collections.abc import Mapping
from typing import Any

from tests.integration.auth.stateful.chats import open_chat
from tests.integration.auth.stateful.stage import Stage

SAID_BEFORE = {"none", "code", "password", "return_code", "expired", "cancelled"}


def hides_everything(facts: Mapping[str, Any]) -> None:
    """Before both proofs the facts name nothing of the account; after them this says nothing."""
    proofs = facts["proofs"]
    if proofs["email"] is not None and proofs["password"] is not None:
        return
    assert proofs["owner"] is None, "6: the owner was named before both proofs"
    assert facts["reset"] is None or proofs["password"] is not None, "6: the reset was named before both proofs"
    assert facts["refusal"] is None, "6: a refusal was told before both proofs"
    assert facts["frozen_until"] is None, "6: a hold was told before both proofs"
    assert facts["stage"] in SAID_BEFORE or facts["proofs"]["password"], f"6: {facts['stage']} before both proofs"


def compare_strangers(stage: Stage, known: str, unknown: str, *, on_pages: bool) -> None:
    """What a stranger is told about two addresses, step by step, in the chat and on the pages."""
    told = [(_told_on_pages if on_pages else _told_in_chat)(stage, address) for address in (known, unknown)]
    for of_known, of_unknown in zip(*told, strict=True):
        assert of_known == of_unknown, f"6: {of_known} about an address that somebody has, {of_unknown} about none"


def _told_in_chat(stage: Stage, address: str) -> list[str]:
    chat = open_chat(stage, stage.browser("stranger", 97), 97, "web", with_session=False)
    said: list[Any] = [chat.act("reset/open", {"address": address, "reason": None, "lang": "en"}).json]
    said += [chat.hand_in("codes", code="000000"), chat.hand_in("codes", code="BCDFGH")]
    said += [chat.act(f"reset/{what}").json for what in ("check", "execute")]
    said += [chat.tell(what, {"lang": "en"}) for what in ("verify-link", "confirmation-card")]
    said += [chat.act("reset/cancel").json]
    return [json.dumps(one).replace(address, "…").replace(chat.id, "…") for one in said]


def _told_on_pages(stage: Stage, address: str) -> list[str]:
    browser = stage.browser("stranger", 97)
    answers = [
        browser.post("/login", email=address, password="a guess that is wrong"),
        browser.post("/login/forgot", email=address),
        browser.post("/login/forgot/mail", code="000000"),
    ]
    return [f"{answer.status} {answer.path} {answer.text}".replace(address, "…") for answer in answers]
