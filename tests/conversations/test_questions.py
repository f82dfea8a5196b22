"""Each question once a language, in users' words; then talk that is no question."""

import pytest

from tests.conversations.conftest import StartTalk
from tests.conversations.conversation import Talk

# The first of these tests waits for the training.
pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(600)]

QUESTIONS = {
    "faq_what_is_2fa": {
        "en": "what is two factor authentication and why do I need it?",
        "pt": "o que é a autenticação de dois fatores e pra que serve?",
        "es": "¿qué es la autenticación de dos factores y para qué sirve?",
    },
    "faq_activate": {
        "en": "how do I turn on 2FA in my account?",
        "pt": "como eu ativo a verificação em duas etapas na minha conta?",
        "es": "¿cómo activo la verificación en dos pasos en mi cuenta?",
    },
    "faq_button_disabled": {
        "en": "the two-factor authentication button is greyed out, I can't click it",
        "pt": "o botão de autenticação de dois fatores está cinza e não consigo clicar",
        "es": "el botón de autenticación de dos factores está gris y no me deja pulsarlo",
    },
    "faq_authenticator_setup": {
        "en": "how do I set up google authenticator with the qr code",
        "pt": "como configuro o google authenticator com o qr code",
        "es": "cómo configuro google authenticator con el código qr",
    },
    "faq_authenticator_apps": {
        "en": "which authenticator apps are supported? can I use authy?",
        "pt": "quais aplicativos autenticadores são compatíveis? posso usar o authy?",
        "es": "¿qué aplicaciones de autenticación son compatibles? ¿puedo usar authy?",
    },
    "faq_sms_setup": {
        "en": "how do I set up codes by text message",
        "pt": "como configuro o código por sms",
        "es": "cómo configuro los códigos por sms",
    },
    "faq_sms_number_taken": {
        "en": "it says this phone number is already in use by another user",
        "pt": "aparece que esse número de telefone já está em uso por outro usuário",
        "es": "me dice que este número de teléfono ya está en uso por otro usuario",
    },
    "faq_email_alternative": {
        "en": "can I get the code by email instead?",
        "pt": "posso receber o código por e-mail?",
        "es": "¿puedo recibir el código por correo electrónico?",
    },
    "faq_code_frequency": {
        "en": "why am I asked for the code again and again, every time I log in?",
        "pt": "por que o código é pedido de novo toda vez que eu entro?",
        "es": "¿por qué me pide el código otra vez cada vez que entro?",
    },
    "faq_code_not_working": {
        "en": "the code I type is rejected, it says invalid",
        "pt": "o código que eu digito dá inválido",
        "es": "el código que escribo sale como inválido",
    },
    "faq_disable_2fa": {
        "en": "I want to turn off two-factor authentication for good",
        "pt": "quero desativar a autenticação de dois fatores de vez",
        "es": "quiero desactivar la autenticación de dos factores",
    },
    "faq_reset_requirements": {
        "en": "who is allowed to ask for a reset? does it have to be the account owner?",
        "pt": "quem pode pedir o reset? precisa ser o dono da conta?",
        "es": "¿quién puede pedir el restablecimiento? ¿tiene que ser el dueño de la cuenta?",
    },
    "faq_after_reset": {
        "en": "what happens at my next login after the reset?",
        "pt": "o que acontece no próximo login depois do reset?",
        "es": "¿qué pasa en el próximo inicio de sesión después del restablecimiento?",
    },
    "report_suspicious": {
        "en": "I got a code I did not ask for, is someone trying to get into my account?",
        "pt": "recebi um código que não pedi, tem alguém tentando entrar na minha conta?",
        "es": "recibí un código que no pedí, ¿alguien intenta entrar en mi cuenta?",
    },
    "greet": {"en": "hello there", "pt": "oi, bom dia", "es": "hola, buenos días"},
    "thanks": {"en": "thanks a lot", "pt": "muito obrigada", "es": "muchas gracias"},
    "bot_challenge": {"en": "are you a robot?", "pt": "você é um robô?", "es": "¿eres un robot?"},
    "capabilities": {"en": "what can you do?", "pt": "o que você sabe fazer?", "es": "¿qué puedes hacer?"},
    "feedback_positive": {
        "en": "that solved it, very helpful answer",
        "pt": "resolveu minha dúvida, ajudou muito",
        "es": "eso resolvió mi duda, me ayudó mucho",
    },
    "feedback_negative": {
        "en": "that didn't help at all",
        "pt": "isso não me ajudou em nada",
        "es": "eso no me sirvió de nada",
    },
}
PAGES = {
    "faq_activate": "security",
    "faq_email_alternative": "login_methods",
    "faq_reset_requirements": "members",
    "report_suspicious": "not_me",
}
FOR_A_MEMBER = {
    "en": ("reset my colleague's 2FA", "my employee lost her phone, can you reset her two-factor?"),
    "pt": ("resete o 2FA do meu colega", "meu funcionário perdeu o celular, redefine o 2fa dele"),
    "es": ("restablece el 2FA de mi compañero", "una empleada mía perdió el teléfono, resetéale el 2fa"),
}
CHANGE = {
    "en": "I got a new phone number and want to switch my sms to it",
    "pt": "troquei de número e quero mudar o sms para o novo",
    "es": "cambié de número y quiero pasar el sms al nuevo",
}
HUMAN = {
    "en": "I want to talk to a real person",
    "pt": "quero falar com uma pessoa de verdade",
    "es": "quiero hablar con una persona de verdad",
}
INVOICE = {
    "en": "where can I download my invoice?",
    "pt": "onde eu baixo a fatura do mês?",
    "es": "¿dónde descargo mi factura?",
}
WEATHER = {
    "en": "will it rain tomorrow in london?",
    "pt": "vai chover amanhã em são paulo?",
    "es": "¿va a llover mañana en madrid?",
}
GOODBYE = {"en": "goodbye", "pt": "tchau", "es": "adiós"}


@pytest.mark.parametrize("intent", sorted(QUESTIONS))
async def test_a_question_gets_its_answer_in_its_language(talk: Talk, intent: str) -> None:
    reply = await talk.say(QUESTIONS[intent][talk.lang])
    assert reply.intent == intent
    assert reply.said == [f"utter_{intent}"]
    assert reply.languages == {talk.lang}
    assert intent not in PAGES or PAGES[intent] in reply.pages


async def test_who_asks_for_a_member_is_led_to_the_members_page(talk: Talk) -> None:
    """Nothing is started in the chat: there it would be the speaker's own reset."""
    for text in FOR_A_MEMBER[talk.lang]:
        reply = await talk.say(text)
        assert (reply.said, reply.pages) == (["utter_about_members"], ["members"])


async def test_the_language_follows_the_user(start_talk: StartTalk) -> None:
    talk = start_talk("en")
    assert (await talk.say(QUESTIONS["faq_disable_2fa"]["pt"])).languages == {"pt"}
    assert (await talk.say(QUESTIONS["faq_disable_2fa"]["es"])).languages == {"es"}


async def test_a_change_is_explained_on_the_security_page_first(talk: Talk) -> None:
    reply = await talk.say(CHANGE[talk.lang])
    assert reply.said == ["utter_offer_change"]
    assert reply.pages == ["security"]
    assert any("start_reset" in payload for payload in reply.buttons.values())


async def test_a_person_is_called(talk: Talk) -> None:
    reply = await talk.say(HUMAN[talk.lang])
    assert reply.said == ["utter_calling_person"]
    assert reply.handoff
    assert talk.backend.of(talk.id).humans == 1


async def test_near_requests_are_led_on_and_far_ones_are_short(talk: Talk) -> None:
    near = await talk.say(INVOICE[talk.lang])
    assert (near.said, near.pages) == (["utter_out_of_scope_near"], ["help"])
    far = await talk.say(WEATHER[talk.lang])
    assert (far.said, far.pages) == (["utter_out_of_scope_far"], [])
    assert near.languages == far.languages == {talk.lang}


async def test_the_first_misunderstanding_asks_and_the_second_offers_a_person(talk: Talk) -> None:
    first = await talk.misunderstood()
    assert first.said == ["utter_rephrase"]
    assert len(first.buttons) == 3
    second = await talk.misunderstood()
    assert second.said == ["utter_offer_person"]
    assert "/human_handoff" in second.buttons.values()
    assert first.languages | second.languages == {talk.lang}


async def test_a_button_is_answered_in_the_conversations_language(talk: Talk) -> None:
    assert (await talk.event("welcome")).languages == {talk.lang}
    assert talk.last is not None
    reply = await talk.press("/faq_activate")
    assert reply.said == ["utter_faq_activate"]
    assert reply.languages == {talk.lang}


async def test_goodbye(talk: Talk) -> None:
    assert (await talk.say(GOODBYE[talk.lang])).said == ["utter_goodbye"]


async def test_the_probe_goes_through_everything(start_talk: StartTalk) -> None:
    talk = start_talk("en")
    reply = await talk.event("probe")
    assert reply.probed
    assert reply.said == []


@pytest.mark.parametrize("intent", ["faq_what_is_2fa", "faq_button_disabled", "greet", "capabilities"])
async def test_a_question_asked_again_is_not_answered_in_the_same_words(talk: Talk, intent: str) -> None:
    replies = [await talk.say(QUESTIONS[intent][talk.lang]) for _ in range(3)]
    assert all(reply.said == [f"utter_{intent}"] for reply in replies)
    first, second, third = (reply.texts for reply in replies)
    assert first != second
    assert second != third
