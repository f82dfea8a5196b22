"""Every custom action of `domain.yml` by name, and how rasa-sdk's executor runs it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from rasa_sdk.executor import ActionExecutor

from actions import misunderstanding, reset_actions, reset_form, reset_steps, talk, two_questions
from actions.auth_client import AuthClient
from actions.reply import Reply
from actions.turn import Event, Turn

type Action = Callable[[Turn, Reply, AuthClient], Awaitable[list[Event]]]

ACTIONS: dict[str, Action] = {
    "action_affirm": talk.affirm,
    "action_ask_reset_code": reset_steps.ask_code,
    "action_ask_reset_confirmation": reset_steps.ask_confirmation,
    "action_ask_reset_email": reset_steps.ask_email,
    "action_ask_reset_password": reset_steps.ask_password,
    "action_ask_reset_return_code": reset_steps.ask_return_code,
    "action_cancel_reset": reset_actions.cancel_reset,
    "action_check_requester": reset_actions.check_requester,
    "action_complain": talk.complain,
    "action_deny": talk.deny,
    "action_execute_reset": reset_actions.execute_reset,
    "action_facts_changed": reset_actions.tell_changed_facts,
    "action_goodbye": talk.goodbye,
    "action_inform": talk.inform,
    "action_misunderstood": misunderstanding.ask_again,
    "action_offer_change": talk.offer_change,
    "action_offer_reset": talk.offer_reset,
    "action_open_reset": reset_actions.open_reset,
    "action_out_of_scope": talk.say_out_of_scope,
    "action_probe": talk.probe,
    "action_request_human": talk.request_human,
    "action_resend_code": reset_actions.resend_code,
    "action_reset_status": reset_actions.tell_status,
    "action_stop": talk.stop,
    "action_two_questions": two_questions.answer_both,
    "action_wait": talk.wait,
    "action_welcome": talk.welcome,
    "validate_reset_form": reset_form.validate_reset_form,
}


def build_executor(client: AuthClient) -> ActionExecutor:
    """rasa-sdk's executor with all actions, each bound to `client`."""
    executor = ActionExecutor()
    for name, action in ACTIONS.items():
        executor.register_function(name, _bound(action, client))
    return executor


def _bound(action: Action, client: AuthClient) -> Callable[[Any, Any, Any], Awaitable[list[Event]]]:
    async def run(dispatcher: Any, tracker: Any, domain: Any) -> list[Event]:  # noqa: ARG001 (rasa-sdk's signature)
        return await action(Turn.of(tracker), Reply(dispatcher), client)

    return run
