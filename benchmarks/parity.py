"""Whether Rasa without TensorFlow, on a current Python, decides what stock Rasa decides.

Run: `.venv/bin/python -m benchmarks.parity [--conversations N] [--turns N]`.

Both engines get the same conversations, drawn from a fixed seed: intents with entities (`/intent{…}`, so that
understanding is not compared), codes typed right and wrong, passwords, confirmations, events of the backend. Both ask
the same actions server. After every turn the replies (which sentence, its language, buttons, custom parts) and the
events that the turn left in the tracker (actions, slots, forms) have to be the same. Which variation of a sentence is
said is Zoe's own choice and not compared, nor are its buttons. Exit status 1 when a turn differs.
"""

import argparse
import asyncio
import json
import random
import sqlite3
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiohttp import ClientSession

from benchmarks.engines import Engine, actions_server, stock_engine, zoe_engine
from benchmarks.stock_rasa import LIGHT_CONFIG, ROOT, UnavailableError, installed, trained
from httpkit.logs import configure_logs
from nlu.settings import read_project
from nlu.training import train
from tests.conversations.words import read_sentences, without_lead_in
from tests.support.fake_backend import CODE, FakeBackend

PEER = Path(__file__).resolve().parent / "results" / "peer"
SEED = 20_261_124
_TRAIN_S = 3_600
_SENTENCES = read_sentences()
_VARIATIONS = Counter(_SENTENCES.values())
_STANDINGS = ("anonymous", "second_step", "signed_in")
_ENTITIES: tuple[dict[str, str], ...] = (
    {"method": "app"},
    {"method": "sms"},
    {"reason": "lost_device"},
    {"reason": "new_number"},
    {"email": "ana@acme.example"},
    {"email": "bruno@acme.example"},
    {"email": "nobody@acme.example"},
)
_TALK = (
    *("greet", "goodbye", "thanks", "affirm", "deny", "stop", "bot_challenge", "capabilities", "feedback_positive"),
    *("feedback_negative", "human_handoff", "reset_2fa", "change_2fa_method", "cancel_reset", "reset_status"),
    *("report_suspicious", "resend_code", "inform", "faq_what_is_2fa", "faq_activate", "faq_code_not_working"),
    *("faq_reset_requirements", "faq_after_reset", "out_of_scope", "nlu_fallback", "start_reset"),
)
_TOWARDS_A_RESET = ("start", "address", "code", "wrong code", "password", "confirm", "yes", "facts")


@dataclass
class Compared:
    """What came of the comparison."""

    turns: int = 0
    differences: list[str] = field(default_factory=list)
    intents: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True)
class Step:
    """One turn: what happens at the backend before it, and the message."""

    happens: str
    message: str
    outcome: bool = False


def steps(chance: random.Random, turns: int) -> Iterator[Step]:
    """A conversation: mostly on the way through a reset, interrupted by everything else."""
    yield Step("", "/EXTERNAL_welcome")
    way = iter(_TOWARDS_A_RESET)
    for _ in range(turns - 1):
        if chance.random() < 0.45:
            kind = next(way, None)
            if kind is None:
                way = iter(_TOWARDS_A_RESET)
            yield _towards_a_reset(kind or "facts")
        else:
            entities = chance.choice(_ENTITIES) if chance.random() < 0.4 else {}
            yield Step("", f"/{chance.choice(_TALK)}{json.dumps(entities) if entities else ''}")


def _towards_a_reset(kind: str) -> Step:
    address = json.dumps({"email": "ana@acme.example"})
    return {
        "start": Step("", "/start_reset"),
        "address": Step("", f"/inform{address}"),
        "code": Step("code", "/inform" + json.dumps({"code": "••••••"}), outcome=True),
        "wrong code": Step("wrong code", "/inform" + json.dumps({"code": "••••••"}), outcome=True),
        "password": Step("password", "/EXTERNAL_facts_changed"),
        "confirm": Step("confirm", "/EXTERNAL_confirmation_recorded"),
        "yes": Step("", "/affirm"),
        "facts": Step("", "/EXTERNAL_facts_changed"),
    }[kind]


def _happen(backend: FakeBackend, conversation: str, happens: str) -> str:
    """Does at the backend what the step says, and returns the result of a code."""
    match happens:
        case "code":
            return backend.type_code(conversation, CODE)
        case "wrong code":
            return backend.type_code(conversation, "000000")
        case "password":
            backend.enter_password(conversation)
        case "confirm":
            backend.confirm(conversation)
        case _:
            pass
    return ""


async def _take(
    http: ClientSession, engine: Engine, backend: FakeBackend, sender: str, number: int, lang: str, step: Step
) -> dict[str, Any]:
    """One turn at one engine: replies and events in a shape that can be compared."""
    state = backend.of(sender)
    result = _happen(backend, sender, step.happens)
    metadata = {
        "activity_id": f"{sender}-{number}",
        "lang": lang,
        "ticket": backend.ticket(sender),
        "standing": state.standing,
        "stage": backend.stage(state),
        "outcome": {"kind": "code", "result": result} if step.outcome else None,
    }
    replies = await engine.say(http, sender, step.message, metadata)
    return {"replies": [_comparable(reply) for reply in replies], "events": _last_events(engine, sender)}


def _comparable(reply: dict[str, Any]) -> dict[str, Any]:
    found = {key: value for key, value in reply.items() if key not in {"recipient_id", "text"}}
    if text := reply.get("text"):
        found["sentence"] = sentence = _SENTENCES.get(without_lead_in(text, _SENTENCES), ("unknown", text))
        if _VARIATIONS[sentence] > 1:  # each has buttons of its own
            found.pop("buttons", None)
    return found


def _last_events(engine: Engine, sender: str) -> list[list[Any]]:
    """Kind and content of the events since the last message; what only says when or how sure, left out."""
    with sqlite3.connect(engine.trackers) as database:
        rows = database.execute("SELECT data FROM events WHERE sender_id = ? ORDER BY id", (sender,)).fetchall()
    events = [json.loads(data) for (data,) in rows]
    last = max((n for n, event in enumerate(events) if event["event"] == "user"), default=0)
    kept = ("name", "value", "is_interrupted")
    return [[event["event"], *(event.get(name) for name in kept)] for event in events[last + 1 :] if _decides(event)]


def _decides(event: dict[str, Any]) -> bool:
    """Bot messages are compared as replies; the language is told by understanding, which stock Rasa lacks."""
    return event["event"] not in {"bot", "user_featurization"} and event.get("name") != "language"


async def compare(engines: tuple[Engine, Engine], backend: FakeBackend, conversations: int, turns: int) -> Compared:
    """Both engines through all conversations, turn by turn. A conversation ends at its first difference."""
    compared = Compared()
    async with ClientSession() as http:
        for number in range(conversations):
            lang = ("en", "pt", "es")[number % 3]
            senders = [f"{engine.name}-{number}" for engine in engines]
            for sender in senders:
                backend.of(sender).standing = _STANDINGS[number // 3 % len(_STANDINGS)]
            chance = random.Random(SEED + number)  # noqa: S311 - a test's sequence, repeatable
            for turn, step in enumerate(steps(chance, turns), start=1):
                told = _with_language(step, lang)
                ours, theirs = [
                    await _take(http, engine, backend, sender, turn, lang, told)
                    for engine, sender in zip(engines, senders, strict=True)
                ]
                compared.turns += 1
                compared.intents[step.message.strip("/").partition("{")[0]] += 1
                if ours != theirs:
                    compared.differences.append(f"{lang} {number}, turn {turn}, {told.message}:\n  {ours}\n  {theirs}")
                    break
    return compared


def _with_language(step: Step, lang: str) -> Step:
    """The language as an entity of the payload, for the engine that does not find it by itself."""
    name, brace, rest = step.message.partition("{")
    entities = json.loads(brace + rest) if brace else {}
    return Step(step.happens, name + json.dumps({**entities, "language": lang}), step.outcome)


async def _run(rasa: Path, model: Path, conversations: int, turns: int) -> Compared:
    async with actions_server() as (backend, url):
        with tempfile.TemporaryDirectory() as folder, ExitStack() as running:
            zoe = running.enter_context(zoe_engine(Path(folder) / "zoe", url))
            stock = running.enter_context(stock_engine("stock", rasa, Path(folder) / "stock", model, url))
            return await compare((zoe, stock), backend, conversations, turns)


def main() -> int:
    """Compares and reports."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--conversations", type=int, default=30)
    parser.add_argument("--turns", type=int, default=40, help="of each conversation")
    options = parser.parse_args()
    configure_logs(process="parity", as_json=False, level="ERROR")
    try:
        rasa = installed(PEER)
        train(lambda _: None, read_project({}))
        model = trained(rasa, PEER, LIGHT_CONFIG.read_text(encoding="utf-8"), ROOT / "nlu" / "data", _TRAIN_S).model
    except UnavailableError as error:
        print(f"Not compared: {error}")
        return 0
    compared = asyncio.run(_run(rasa, model, options.conversations, options.turns))
    for difference in compared.differences:
        print(difference)
    print(f"{compared.turns} turns, {len(compared.intents)} intents, {len(compared.differences)} differences")
    return 1 if compared.differences else 0


if __name__ == "__main__":
    sys.exit(main())
