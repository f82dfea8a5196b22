"""The reset, as users tell it, in three languages."""

import re
from pathlib import Path

import pytest

from tests.conversations.conftest import StartTalk
from tests.conversations.conversation import Reply, Talk
from tests.support.fake_backend import CODE

# The first of these tests waits for the training.
pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(600)]

LOST = {
    "en": "my phone fell in the river yesterday and now i cant get in",
    "pt": "meu celular foi roubado ontem e agora nao consigo entrar na conta",
    "es": "se me perdió el celular y no puedo entrar a mi cuenta",
}
YES = {"en": "yes please", "pt": "sim, por favor", "es": "sí, por favor"}
MY_ADDRESS = {
    "en": "my email is ana@acme.example",
    "pt": "meu e-mail é ana@acme.example",
    "es": "mi correo es ana@acme.example",
}
QUESTION = {
    "en": "what happens after the reset?",
    "pt": "o que acontece depois do reset?",
    "es": "¿qué pasa después del restablecimiento?",
}
STOP = {"en": "never mind, forget it", "pt": "deixa pra lá, esquece", "es": "déjalo, olvídalo"}
THANKS = {"en": "thank you so much", "pt": "muito obrigado", "es": "muchas gracias"}
NO_CODE = {
    "en": "I didn't get the code, send it again",
    "pt": "não recebi o código, manda de novo",
    "es": "no me llegó el código, mándalo otra vez",
}
CANCEL = {
    "en": "cancel the reset I asked for, I found my phone",
    "pt": "achei meu celular, cancela a redefinição que eu pedi",
    "es": "encontré mi móvil, cancela el restablecimiento que pedí",
}
STATUS = {
    "en": "what is the status of my reset request?",
    "pt": "qual a situação do meu pedido de reset?",
    "es": "¿cómo va mi solicitud de restablecimiento?",
}
CONTINUE = {"en": "continue", "pt": "continuar", "es": "continuar"}
HUMAN = {
    "en": "let me talk to a human agent",
    "pt": "quero falar com um atendente",
    "es": "quiero hablar con un agente",
}
NO = {"en": "no", "pt": "não", "es": "no"}


def sent_by_the_page(lang: str) -> str:
    """What `/chat?topic=reset` says for the user."""
    strings = (Path(__file__).parents[2] / "bot" / "widget" / f"strings-{lang}.js").read_text(encoding="utf-8")
    found = re.search(r'resetText: "([^"]+)"', strings)
    assert found
    return found[1]


def in_language(talk: Talk, *replies: Reply) -> bool:
    return all(reply.languages <= {talk.lang} and reply.language == talk.lang for reply in replies)


async def to_code(talk: Talk) -> Reply:
    """Up to the mailed code."""
    await talk.say(LOST[talk.lang])
    await talk.press("/start_reset")
    return await talk.say(MY_ADDRESS[talk.lang])


async def to_password(talk: Talk) -> Reply:
    """Up to the password."""
    await to_code(talk)
    return await talk.type_code(CODE)


async def to_confirmation(talk: Talk) -> Reply:
    """Up to the confirmation card."""
    await to_password(talk)
    return await talk.enter_password()


async def test_from_the_lost_phone_to_the_removed_method(talk: Talk) -> None:
    offer = await talk.say(LOST[talk.lang])
    assert offer.said == ["utter_offer_reset"]
    assert offer.pages == ["login_methods"]
    asked = await talk.press("/start_reset")
    assert (asked.said, asked.moments) == (["utter_ask_reset_email"], ["steps"])
    sent = await talk.say(MY_ADDRESS[talk.lang])
    assert sent.moments == ["ask_code"]
    proven = await talk.type_code(CODE)
    assert (proven.said, proven.moments) == (["utter_email_confirmed"], ["steps", "ask_password"])
    waiting = await talk.enter_password()
    assert (waiting.said, waiting.moments) == (["utter_password_confirmed"], ["steps", "ask_confirmation"])
    assert talk.backend.executions == 0
    done = await talk.confirm()
    assert done.moments == ["outcome"]
    assert talk.backend.executions == 1
    assert in_language(talk, offer, asked, sent, proven, waiting, done)


async def test_a_yes_to_the_offer_starts_the_reset(talk: Talk) -> None:
    await talk.say(LOST[talk.lang])
    reply = await talk.say(YES[talk.lang])
    assert reply.said == ["utter_ask_reset_email"]
    assert in_language(talk, reply)


async def test_a_question_in_the_middle_is_answered_and_the_step_comes_back(talk: Talk) -> None:
    await to_code(talk)
    reply = await talk.say(QUESTION[talk.lang])
    assert reply.said == ["utter_faq_after_reset", "utter_back_to_reset"]
    assert reply.moments == ["ask_code"]
    thanks = await talk.say(THANKS[talk.lang])
    assert thanks.said == ["utter_thanks", "utter_back_to_reset_again"]
    assert (await talk.type_code(CODE)).moments == ["steps", "ask_password"]
    assert in_language(talk, reply, thanks)


async def test_stop_and_resume(talk: Talk) -> None:
    await to_password(talk)
    stopped = await talk.say(STOP[talk.lang])
    assert stopped.said == ["utter_reset_stopped_proven"]
    assert in_language(talk, stopped)
    assert (await talk.press("/start_reset")).moments == ["ask_password"]
    assert (await talk.say(STOP[talk.lang])).said == ["utter_reset_stopped_proven"]
    assert (await talk.say(CONTINUE[talk.lang])).moments == ["ask_password"]
    assert talk.backend.mails == ["ana@acme.example"]


async def test_a_page_is_answered_though_the_user_had_stopped(talk: Talk) -> None:
    await to_password(talk)
    await talk.say(STOP[talk.lang])
    reply = await talk.enter_password()
    assert reply.said == ["utter_offer_continue"]
    assert (await talk.press("/start_reset")).moments == ["ask_confirmation"]


async def test_a_wrong_address_is_replaced_by_typing_the_right_one(talk: Talk) -> None:
    await talk.say(LOST[talk.lang])
    await talk.press("/start_reset")
    await talk.say("anna@acme.example")
    asked = await talk.say(NO[talk.lang])
    assert asked.said == ["utter_ask_other_address"]
    assert in_language(talk, asked)
    assert (await talk.say(MY_ADDRESS[talk.lang])).moments == ["ask_code"]
    assert talk.backend.mails == ["anna@acme.example", "ana@acme.example"]
    assert (await talk.type_code(CODE)).moments == ["steps", "ask_password"]


async def test_half_an_address_is_asked_for_again(talk: Talk) -> None:
    await talk.say(LOST[talk.lang])
    await talk.press("/start_reset")
    reply = await talk.say("ana@acme")
    assert reply.said == ["utter_reset_email_invalid"]
    assert talk.backend.mails == []


async def test_a_code_that_did_not_come_is_sent_again(talk: Talk) -> None:
    await to_code(talk)
    early = await talk.say(NO_CODE[talk.lang])
    assert early.said == ["utter_resend_wait"]
    talk.backend.advance(2)
    again = await talk.say(NO_CODE[talk.lang])
    assert (again.said, again.moments) == (["utter_code_resent"], ["ask_code"])
    assert len(talk.backend.mails) == 2
    assert in_language(talk, early, again)


async def test_wrong_codes_are_told_and_the_right_one_still_counts(talk: Talk) -> None:
    await to_code(talk)
    for code in ("111111", "222222"):
        assert (await talk.type_code(code)).moments == ["code_result"]
    assert (await talk.type_code(CODE)).moments == ["steps", "ask_password"]


async def test_a_spent_code_is_told(talk: Talk) -> None:
    await to_code(talk)
    for _ in range(6):
        reply = await talk.type_code("111111")
    assert reply.moments == ["code_result"]
    assert talk.backend.of(talk.id).last_code == "spent"
    assert (await talk.type_code(CODE)).moments == ["code_result"]


async def test_words_confirm_nothing(talk: Talk) -> None:
    await to_confirmation(talk)
    words = await talk.say(YES[talk.lang])
    assert (words.said, words.moments) == (["utter_affirm_confirmation"], ["ask_confirmation"])
    assert talk.backend.executions == 0
    assert in_language(talk, words)


async def test_keep_it_on_the_card_stops_at_once(talk: Talk) -> None:
    await to_confirmation(talk)
    reply = await talk.button_of_bot("/deny")
    assert reply.said == ["utter_reset_stopped_proven"]


async def test_other_address_under_the_code(talk: Talk) -> None:
    await to_code(talk)
    assert (await talk.button_of_bot("/reset_2fa")).said == ["utter_ask_other_address"]


async def test_no_at_the_confirmation_changes_nothing(talk: Talk) -> None:
    await to_confirmation(talk)
    once = await talk.say(NO[talk.lang])
    assert (once.said, once.moments) == (["utter_nothing_changed"], ["ask_confirmation"])
    assert (await talk.say(NO[talk.lang])).said == ["utter_reset_stopped_proven"]
    assert talk.backend.executions == 0


async def test_a_forged_report_of_a_confirmation_executes_nothing(talk: Talk) -> None:
    await to_confirmation(talk)
    reply = await talk.event("confirmation_recorded")
    assert reply.moments == ["ask_confirmation"]
    assert talk.backend.executions == 0


async def test_the_return_code_from_another_browser(talk: Talk) -> None:
    await to_password(talk)
    assert (await talk.enter_password(other_browser=True)).moments == ["ask_return_code"]
    assert (await talk.type_return_code()).moments == ["steps", "ask_confirmation"]


async def test_a_risky_reset_waits_and_says_so(talk: Talk) -> None:
    talk.backend.people["ana@acme.example"].must_wait = True
    await to_confirmation(talk)
    assert (await talk.confirm()).moments == ["outcome"]
    status = await talk.say(STATUS[talk.lang])
    assert status.moments == ["status"]
    assert (await talk.say(STOP[talk.lang])).said == ["utter_reset_confirmed_earlier"]
    assert (await talk.say(CANCEL[talk.lang])).moments == ["outcome"]
    assert talk.backend.of(talk.id).ended == "cancelled"


async def test_a_waiting_reset_is_cancelled_an_hour_later_with_a_fresh_code(talk: Talk) -> None:
    talk.backend.people["ana@acme.example"].must_wait = True
    await to_confirmation(talk)
    await talk.confirm()
    talk.backend.advance(60)
    asked = await talk.say(CANCEL[talk.lang])
    assert asked.said == ["utter_cancel_need_proof"]
    assert (await talk.press("/start_reset")).said == ["utter_ask_reset_email"]
    assert (await talk.say(MY_ADDRESS[talk.lang])).moments == ["ask_code"]
    assert (await talk.type_code(CODE)).moments == ["outcome"]
    assert talk.backend.of(talk.id).ended == "cancelled"
    assert talk.backend.executions == 1


async def to_the_owners_question(talk: Talk) -> None:
    await talk.say(LOST[talk.lang])
    await talk.press("/start_reset")
    assert (await talk.say("bruno@acme.example")).moments == ["ask_code"]
    assert (await talk.type_code(CODE)).moments == ["steps", "ask_password"]
    asked = await talk.enter_password()
    assert (asked.said, asked.moments) == ([], ["ask_owner"])


@pytest.mark.parametrize("yes", [True, False])
async def test_who_is_not_the_owner_has_the_owner_asked(talk: Talk, yes: bool) -> None:
    await to_the_owners_question(talk)
    assert (await talk.ask_owner()).moments == ["outcome"]
    assert talk.backend.executions == 0
    assert (await talk.button_of_bot("/reset_status")).moments == ["status"]
    assert (await talk.owner_decides(yes=yes)).moments == ["outcome"]
    assert (await talk.event("facts_changed")).moments == []


async def test_not_now_asks_nobody_and_may_be_thought_over(talk: Talk) -> None:
    await to_the_owners_question(talk)
    assert (await talk.button_of_bot("/deny")).said == ["utter_reset_stopped_proven"]
    assert (await talk.press("/start_reset")).moments == ["ask_owner"]
    assert (await talk.say(NO[talk.lang])).said == ["utter_reset_stopped_proven"]
    assert (await talk.press("/start_reset")).moments == ["ask_owner"]
    assert (await talk.button_of_bot("/affirm")).moments == ["ask_owner"]
    assert not talk.backend.of(talk.id).asked
    assert (await talk.ask_owner()).moments == ["outcome"]
    assert (await talk.button_of_bot("/cancel_reset")).moments == ["outcome"]
    assert talk.backend.of(talk.id).ended == "cancelled"


async def test_half_an_hour_away_drops_the_proofs_and_a_new_start_works(talk: Talk) -> None:
    await to_password(talk)
    talk.backend.advance(31)
    assert (await talk.event("facts_changed")).moments == ["outcome"]
    await talk.say(LOST[talk.lang])
    again = await talk.press("/start_reset")
    assert again.said == ["utter_ask_reset_email"]
    assert (await talk.say(MY_ADDRESS[talk.lang])).moments == ["ask_code"]


async def test_whoever_comes_back_late_is_greeted_and_told(talk: Talk) -> None:
    await to_confirmation(talk)
    talk.backend.advance(31)
    reply = await talk.say({"en": "hi, i'm back", "pt": "oi, voltei", "es": "hola, ya volví"}[talk.lang])
    assert reply.moments == ["outcome"]
    assert (await talk.say(STATUS[talk.lang])).moments == ["status"]
    assert talk.backend.executions == 0


async def test_cancel_in_the_middle(talk: Talk) -> None:
    await to_password(talk)
    assert (await talk.say(CANCEL[talk.lang])).moments == ["outcome"]
    status = await talk.say(STATUS[talk.lang])
    assert status.moments == ["status"]


async def test_status_in_the_middle_is_the_step(talk: Talk) -> None:
    await to_password(talk)
    reply = await talk.say(STATUS[talk.lang])
    assert (reply.said, reply.moments) == (["utter_reset_under_way"], ["ask_password"])
    assert in_language(talk, reply)


async def test_a_person_in_the_middle_and_back(talk: Talk) -> None:
    await to_password(talk)
    called = await talk.say(HUMAN[talk.lang])
    assert called.handoff
    assert called.moments == []
    assert in_language(talk, called)
    back = await talk.event("back_from_human")
    assert "utter_back_to_reset_from_person" in back.said
    assert back.moments == ["steps", "ask_password"]


async def test_the_backend_goes_away_and_nothing_is_lost(talk: Talk) -> None:
    await to_code(talk)
    talk.backend.away = True
    down = await talk.say(MY_ADDRESS[talk.lang])
    assert down.said == ["utter_backend_down"]
    assert in_language(talk, down)
    answered = await talk.say(QUESTION[talk.lang])
    assert answered.said == ["utter_faq_after_reset", "utter_backend_down"]
    talk.backend.away = False
    assert "ask_code" in (await talk.say(CONTINUE[talk.lang])).moments
    assert (await talk.type_code(CODE)).moments == ["steps", "ask_password"]


async def test_an_unknown_outcome_is_said_and_then_its_truth(talk: Talk) -> None:
    await to_confirmation(talk)
    talk.backend.lose_next = 2
    unknown = await talk.confirm()
    assert unknown.said == ["utter_outcome_unknown"]
    assert in_language(talk, unknown)
    assert (await talk.event("facts_changed")).moments == ["outcome"]
    assert (await talk.event("facts_changed")).moments == []
    assert talk.backend.executions == 1


async def test_the_second_step_needs_no_address(start_talk: StartTalk) -> None:
    talk = start_talk("en")
    state = talk.backend.of(talk.id)
    state.standing, state.session_address = "second_step", "ana@acme.example"
    assert (await talk.event("welcome")).said == ["utter_welcome_second_step"]
    await talk.say(LOST["en"])
    assert (await talk.press("/start_reset")).moments == ["steps", "ask_code"]


async def test_the_new_method_is_told_once(talk: Talk) -> None:
    await to_confirmation(talk)
    await talk.confirm()
    talk.backend.of(talk.id).enrolled = True
    told = await talk.event("facts_changed")
    assert (told.said, told.moments) == ([], ["outcome"])
    assert (await talk.event("facts_changed")).moments == []


async def test_a_reset_from_the_second_step(talk: Talk) -> None:
    state = talk.backend.of(talk.id)
    state.standing, state.session_address = "second_step", "ana@acme.example"
    assert (await talk.event("welcome")).said == ["utter_welcome_second_step"]
    offer = await talk.say(sent_by_the_page(talk.lang))
    assert (offer.said, offer.pages) == (["utter_offer_reset"], ["login_methods"])
    sent = await talk.press("/start_reset")
    assert sent.moments == ["steps", "ask_code"]
    assert talk.backend.mails == ["ana@acme.example"]
    talk.backend.enter_password(talk.id)  # carried over from the login: the code is all that is missing
    ready = await talk.type_code(CODE)
    assert (ready.said, ready.moments) == (["utter_proofs_confirmed"], ["steps", "ask_confirmation"])
    assert (await talk.confirm()).moments == ["outcome"]
    assert in_language(talk, offer, sent, ready)


async def test_a_stolen_phone_is_passed_on_as_reason(start_talk: StartTalk) -> None:
    talk = start_talk("pt")
    offer = await talk.say(LOST["pt"])
    await talk.press(next(payload for payload in offer.buttons.values() if "stolen" in payload))
    await talk.say(MY_ADDRESS["pt"])
    assert talk.backend.of(talk.id).reasons == ["stolen"]


async def test_two_conversations_do_not_mix(start_talk: StartTalk) -> None:
    first, second = start_talk("en"), start_talk("en")
    await to_password(first)
    reply = await second.say(STATUS["en"])
    assert reply.said == ["utter_no_reset_here"]
