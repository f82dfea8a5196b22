"""The actions port: its shape is Rasa's, its door is Zoe's."""

import json
from typing import Any

import pytest

from tests.integration.actions.conftest import TOKEN, Actions

CALL: dict[str, Any] = {
    "next_action": "action_stop",
    "sender_id": "c",
    "tracker": {"sender_id": "c", "slots": {}, "latest_message": {}, "events": [], "active_loop": {}},
}
BEARER = {"Authorization": f"Bearer {TOKEN}"}


async def test_an_action_runs_with_the_token_as_header_or_as_query(actions: Actions) -> None:
    for headers, query in ((BEARER, {}), ({}, {"token": TOKEN})):
        response = await actions.http.post("/webhook", json=CALL, headers=headers, params=query)
        assert response.status == 200
        body = await response.json()
        assert body["responses"][0]["response"] == "utter_stop_nothing"
        assert body["events"] == []


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer wrong"}, {"Authorization": f"Basic {TOKEN}"}])
async def test_without_the_token_nothing_runs(actions: Actions, headers: dict[str, str]) -> None:
    response = await actions.http.post("/webhook", json=CALL, headers=headers)
    assert response.status == 401


async def test_a_foreign_host_name_is_refused(actions: Actions) -> None:
    response = await actions.http.post("/webhook", json=CALL, headers=BEARER | {"Host": "evil.example"})
    assert response.status == 421


async def test_an_unknown_action_is_a_404_that_names_it(actions: Actions) -> None:
    response = await actions.http.post("/webhook", json=CALL | {"next_action": "action_nowhere"}, headers=BEARER)
    assert response.status == 404
    assert (await response.json())["action_name"] == "action_nowhere"


@pytest.mark.parametrize(
    "body", ["[]", "{}", "{", '{"next_action": 1, "tracker": {}}', '{"next_action": "action_stop"}']
)
async def test_what_is_no_action_call_is_a_4xx(actions: Actions, body: str) -> None:
    headers = BEARER | {"Content-Type": "application/json"}
    response = await actions.http.post("/webhook", data=body, headers=headers)
    assert 400 <= response.status < 500


async def test_a_long_conversation_fits_and_too_much_is_refused(actions: Actions) -> None:
    long = CALL | {"tracker": CALL["tracker"] | {"events": [{"event": "slot", "name": "x", "value": "y" * 3_000_000}]}}
    assert (await actions.http.post("/webhook", json=long, headers=BEARER)).status == 200
    too_long = json.dumps({"next_action": "x" * (4 * 1024 * 1024)})
    headers = BEARER | {"Content-Type": "application/json"}
    assert (await actions.http.post("/webhook", data=too_long, headers=headers)).status == 413


async def test_livez_answers_without_a_token(actions: Actions) -> None:
    assert (await actions.http.get("/livez")).status == 200


async def test_the_probe_answers_only_while_the_internal_api_does(actions: Actions) -> None:
    assert (await actions.run("action_probe", "EXTERNAL_probe")).customs == [{"zoe": "probe"}]
    actions.backend.away = True
    assert (await actions.run("action_probe", "EXTERNAL_probe")).customs == []
