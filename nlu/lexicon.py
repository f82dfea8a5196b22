"""Words that name a method or a reason, in three languages, matched on folded text (lower case, no accents)."""

from __future__ import annotations

import re
from collections.abc import Mapping

_PHONE = (
    r"(?:cell ?phone|smart ?phone|mobile|handset|phone|iphone|android|device|celular|cel|aparelho|smartphone|fone|"
    r"telefone|telefono|movil|dispositivo|samsung|motorola|xiaomi|tablet)"
)
_MY = r"(?:(?:my|the|our|meu|minha|o|os|mi|el|su|seu|a|old|antigo|viejo)\s+){0,3}"
_GAP = r"(?:\W+\w+){0,4}?\W+"


def _words(*alternatives: str) -> re.Pattern[str]:
    return re.compile(r"(?<!\w)(?:" + "|".join(alternatives) + r")(?!\w)")


METHODS: Mapping[str, re.Pattern[str]] = {
    "recovery_code": _words(
        r"(?:recovery|backup|back-up|rescue|emergency)\s+(?:codes?|keys?)",
        r"codigos?\s+(?:de\s+)?(?:recuperacao|recuperacion|backup|reserva|respaldo|emergencia|seguranca reserva)",
    ),
    "app": _words(
        r"(?:google|microsoft|ms)\s+auth(?:enticator)?",
        r"auth[ei]n?ti[ck]ator(?:\s+app)?",
        r"auten(?:t)?ica(?:dor|tor)(?:es)?(?:\s+(?:do\s+|de\s+)?google)?",
        r"(?:app|aplicativo|aplicacion|aplicacao|apps)\s+(?:de\s+)?(?:autenticacao|autenticacion|autenticador|codigos?)",
        r"authy",
        r"totp",
        r"(?<!whats )(?:app|aplicativo|aplicacion|aplicacao|apk)",
        r"qr(?:\s?code)?",
    ),
    "sms": _words(
        r"sms",
        r"text(?:s|\s+messages?|\s+msgs?)",
        r"(?:mensage[mn]s?|mensajes?|msgs?)\s+de\s+texto",
        r"mensagem\s+no\s+(?:celular|telefone)",
        r"torpedos?",
    ),
    "email": _words(r"e-?mails?", r"correos?(?:\s+electronicos?)?"),
}
"""Method name → what users call it. Earlier entries win where two overlap."""

REASONS: Mapping[str, re.Pattern[str]] = {
    "app_deleted": _words(
        r"(?:deleted|uninstalled|removed|erased|wiped|lost)\s+(?:my\s+|the\s+|that\s+)*(?:\w+\s+)?(?:app|authenticator)",
        r"(?:app|authenticator)\s+(?:was|is|got|has been)\s+(?:deleted|uninstalled|erased|gone|wiped)",
        r"(?:apaguei|exclui|deletei|desinstalei|removi|perdi|sumiu)\s+(?:sem querer\s+)?(?:o\s+|meu\s+)*"
        r"(?:app|aplicativo|autenticador|authenticator|google auth\w*)",
        r"(?:borre|elimine|desinstale|quite|perdi)\s+(?:sin querer\s+)?(?:la\s+|el\s+|mi\s+)*"
        r"(?:app|aplicacion|autenticador|authenticator|google auth\w*)",
        r"se\s+(?:me\s+)?(?:borro|desinstalo|elimino)\s+(?:la\s+|el\s+)*(?:app|aplicacion|autenticador)",
    ),
    "lost_device": _words(
        rf"(?:lost|misplaced|broke|dropped|smashed|cracked|can'?t find|cant find)\s+{_MY}{_PHONE}",
        rf"{_PHONE}{_GAP}(?:lost|stolen|broken|broke|dead|died|smashed|fell|robbed|wiped|drowned|gone|missing)",
        rf"(?:stole|stolen|robbed|robbed of|nicked)\s+{_MY}{_PHONE}",
        rf"(?:perdi|perdeu|perdemos|quebrei|roubaram|furtaram|levaram|esqueci|derrubei|molhei|formatei)\s+{_MY}{_PHONE}",
        rf"{_PHONE}{_GAP}(?:perdid[oa]|roubad[oa]|furtad[oa]|quebrad[oa]|quebrou|caiu|morreu|sumiu|estragou|pifou|"
        r"molhou|queimou|resetado|formatado)",
        rf"(?:perdi|extravie|rompi|robaron|hurtaron|quitaron|olvide|formatee)\s+{_MY}{_PHONE}",
        rf"{_PHONE}{_GAP}(?:robado|rot[oa]|rompio|murio|cayo|mojo|estropeo|dano|extraviado|averiado|descompuso)",
        r"(?:fui|me)\s+(?:roubad[oa]|assaltad[oa]|robaron|asaltaron|hurtaron|furtaram|roubaram|assaltaram)",
        rf"(?:roubo|furto|robo|hurto|perda|perdida|theft|loss)\s+(?:of|do|de|del)\s+{_MY}{_PHONE}",
        rf"se\s+me\s+(?:perdio|rompio|cayo|mojo|dano)\s+{_MY}{_PHONE}",
    ),
    "new_number": _words(
        r"(?:new|another|different)\s+(?:phone\s+|mobile\s+|cell\s+)?(?:number|sim|chip|line)",
        r"chang(?:e|ed|ing)\s+(?:of\s+)?(?:my\s+|the\s+)?(?:phone\s+|mobile\s+)?(?:number|sim|carrier)",
        r"(?:number|sim)\s+(?:has\s+)?changed",
        r"nov[oa]\s+(?:numero|chip|linha)",
        r"(?:numero|chip|linha)\s+nov[oa]",
        r"(?:troquei|mudei|mudar|trocar|troca|mudanca)\s+(?:de\s+|o\s+|meu\s+|do\s+)*(?:numero|chip|linha|operadora)",
        r"outro\s+(?:numero|chip)",
        r"nuev[oa]\s+(?:numero|chip|linea|sim)",
        r"(?:numero|chip|linea)\s+nuev[oa]",
        r"(?:cambie|cambiar|cambio)\s+(?:de\s+|el\s+|mi\s+)*(?:numero|chip|linea|operador\w*)",
        r"otro\s+(?:numero|chip)",
    ),
    "new_phone": _words(
        rf"(?:new|another|different)\s+{_PHONE}",
        rf"(?:switched|changed|changing|replaced|upgraded|swapped|bought)\s+(?:a\s+)?{_MY}(?:new\s+)?{_PHONE}",
        rf"{_PHONE}\s+nov[oa]",
        rf"nov[oa]\s+{_PHONE}",
        rf"(?:troquei|mudei|troca|trocar|comprei)\s+(?:de\s+|um\s+|outro\s+|meu\s+|o\s+)*{_PHONE}",
        rf"{_PHONE}\s+nuev[oa]",
        rf"nuev[oa]\s+{_PHONE}",
        rf"(?:cambie|cambiar|cambio|compre)\s+(?:de\s+|un\s+|otro\s+|mi\s+|el\s+)*{_PHONE}",
    ),
    "no_codes": _words(
        r"(?:don'?t|dont|do not|didn'?t|didnt|never|not|haven'?t|can'?t)\s+(?:\w+\s+){0,2}?"
        r"(?:get|getting|got|receive|receiving|received|arrive|arrived|come|came)(?:\s+\w+){0,3}?\s+(?:codes?|sms|texts?)",
        r"(?:codes?|sms|texts?)\s+(?:\w+\s+){0,2}?(?:never|doesn'?t|doesnt|don'?t|dont|didn'?t|didnt|isn'?t|not)\s+"
        r"(?:\w+\s+)?(?:come|came|coming|arrive|arrived|arriving|get|received)",
        r"(?:nao|n|nunca)\s+(?:\w+\s+){0,2}?(?:recebo|recebi|recebendo|chega|chegou|chegam|veio|vem)"
        r"(?:\s+\w+){0,3}?\s+(?:codigos?|sms)",
        r"(?:codigos?|sms)\s+(?:\w+\s+){0,3}?(?:nao|n|nunca)\s+(?:\w+\s+)?(?:chega|chegou|chegam|veio|vem)",
        r"(?:no|nunca)\s+(?:\w+\s+){0,2}?(?:recibo|recibi|llega|llego|llegan|llegaron)(?:\s+\w+){0,3}?\s+(?:codigos?|sms)",
        r"(?:codigos?|sms)\s+(?:\w+\s+){0,3}?(?:no|nunca)\s+(?:\w+\s+)?(?:llega|llego|llegan|llegaron)",
    ),
    "switch": _words(
        r"(?:switch|change|move|swap)\s+(?:it\s+|me\s+|my\s+\w+\s+|over\s+)?(?:from\s+\w+\s+)?to\s+(?:the\s+)?"
        r"(?:app|sms|authenticator|text)",
        r"(?:trocar|mudar|passar|migrar)\s+(?:\w+\s+){0,4}?(?:para|pra|pro|por)\s+(?:o\s+)?(?:app|sms|aplicativo|autenticador)",
        r"(?:cambiar|pasar|migrar)\s+(?:\w+\s+){0,4}?(?:a|al|por|para)\s+(?:la\s+|el\s+)?(?:app|sms|aplicacion|autenticador)",
        r"from\s+(?:app|sms)\s+to\s+(?:app|sms)",
        r"de\s+(?:sms|app)\s+(?:para|pra|a)\s+(?:sms|app)",
    ),
}
"""Reason name → how users tell it. The first that matches, in this order, is the reason."""
