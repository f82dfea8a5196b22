"""Whether a text asks its reader for a code, a password or what stands in a message, in English, Portuguese or Spanish.

Pure. Judged by clauses: a wish for a secret that is not denied. Telling that a code was sent, where it is typed, or
that nobody asks for it is no wish. In doubt it is one: a message held back wrongly costs a rephrasing.
"""

import re
import unicodedata

_DISGUISES = str.maketrans({"0": "o", "1": "i", "3": "e", "4": "a", "5": "s", "@": "a", "$": "s"})

# --- what is guarded
_CODE = r"(?:(?:pass\s?)?codes?|otps?|tokens?|digits?|codigos?|digitos?)"
_LOGIN_WORD = (
    r"(?:pass\s?words?|pass\s?phrases?|pins?|secret\s(?:words?|phrases?|keys?)|log\s?in\s(?:details|data)|credentials|"
    r"senhas?|contrasenas?|claves?|palavras?\s?passe|frases?\s(?:secretas?|de\s\w+)|chave\ssecreta|credenciais|"
    r"credenciales|dados\sde\s(?:acesso|login)|datos\sde\s(?:acceso|entrada|inicio))"
)
_SIX = r"(?:(?:six|6|seis)\s(?:\w+\s)?(?:numbers?|figures|numeros?|cifras|algarismos))"
_GUARDED = rf"(?:{_CODE}|{_LOGIN_WORD}|{_SIX})"
_HARMLESS_CODES = re.compile(
    r"\b(?:country|area|zip|postal|post|error|promo|discount|voucher|source|reference|dialling|dialing|tracking)\s"
    r"codes?\b|\b(?:codigos?|claves?)\s(?:de\s|do\s|da\s|del\s)?(?:area|pais|postal(?:es)?|erro|error|barras|"
    r"referencia|rastreio|promocional|desconto|descuento)\b|\berror\smessages?\b|\bmensage(?:m|ns)\sde\serro\b|"
    r"\bmensajes?\sde\serror\b"
)
_NUMBER = r"(?:numbers?|numeros?|figures|cifras|algarismos)"
_CARRIER = (
    r"(?:sms|texts?|text\smessages?|messages?|e?\s?mails?|apps?|authenticator|notifications?|mensage(?:m|ns)|torpedo|"
    r"mensajes?|correos?|aplicativo|aplicacion|autenticador|whatsapp)"
)
_CAME = (
    r"(?:arrived?|came|come|received?|got|get|was\ssent|were\ssent|shown|shows?|displayed|appears?|appeared|popped|"
    r"cheg(?:ou|aram|a)|ve(?:io|m)|vieram|receb(?:eu|e|este)|aparec(?:eu|e|em|en|io|ieron)|mostra(?:ndo)?|"
    r"lleg(?:o|a|aron|ado)|recib(?:iste|io|ido|es)|sale|salio|muestra)"
)
_SAYS = (
    r"(?:say|says|said|show|shows|reads?|contains?|diz|dizia|disse|mostra|dice|decia|dijo|pone|muestra|contem|contiene)"
)

# --- wishes
_ME = r"(?:me|melo|mela|melos|melas|nos|noslo|nosla)?"
_FILL = (
    r"(?:type|enter|write|put|input|key\sin|fill\sin|confirm|verify|submit|paste|digit(?:a|e|ar)|escrev(?:e|a|er)|"
    rf"coloc(?:a|ar)|coloque|ins(?:ere|ira|erir)|confirm(?:a|e|ar){_ME}|col(?:a|e|ar)|tecl(?:a|e|ar|ea|ee)|"
    rf"escrib(?:e|a|ir){_ME}|ingres(?:a|e|ar){_ME}|introdu(?:ce|zca|cir){_ME}|pon(?:ga|er)?{_ME}|peg(?:a|ue|ar){_ME})"
)
_HAND_OVER = (
    r"(?:send|give|tell|share|read|say|post|forward|provide|show|dictate|reply|respond|supply|spell|drop|leave|pass|"
    r"answer|hear|hit\sme|go\sahead|sending|giving|telling|sharing|reading|showing|providing|gave|told|"
    r"hand\sover|let\s(?:me|us)\s(?:have|see|know)|(?:text|mail|whatsapp)\s(?:me|us)|"
    r"envi(?:a|e|ar)|mand(?:a|e|ar)|pass(?:a|e|ar)|inform(?:a|e|ar)|repass(?:a|e|ar)|fornec(?:e|er)|forneca|"
    r"compartilh(?:a|e|ar)|encaminh(?:a|e|ar)|mostr(?:a|e|ar)|dit(?:a|e|ar)|ced(?:e|a)|respond(?:e|a|er)|repet(?:e|ir)|"
    r"repita|diz|diga|dizer|fal(?:a|e|ar)|copi(?:a|e|ar)|le|leia|ler|solt(?:a|e)|bot(?:a|e)|jog(?:a|ue)|"
    r"me\s(?:da|de|conta|conte|das|dan)|(?:conta|da)\spra\smim|contar|"
    r"(?:envi(?:a|e|ar)|mand(?:a|e|ar)|pas(?:a|e|ar|as)|di(?:ga)?|decir|da|de|dar|compart(?:e|a|ir)|facilit(?:a|e|ar)|"
    r"proporcion(?:a|e|ar)|indi(?:ca|que|car)|lee?|lea|leer|muestr(?:a|e)|mostrar|ensen(?:a|e|ar)|cuent(?:a|e)|contar|"
    r"repit(?:e|a)|repetir|respond(?:e|a|er)|dict(?:a|e|ar)|copi(?:a|e|ar)|reenvi(?:a|e|ar)|suelt(?:a|e)|"
    r"cant(?:a|e))(?:me|melo|mela|melos|melas|nos|noslo|nosla)|me\spas(?:a|as)|"
    r"me\s(?:\w+\s){0,2}?(?:dar|decir|pasar|mandar|enviar|dizer|falar|contar|mostrar|dictar|ditar|leer|ler)|comparta|comparte|indi(?:ca|que)|"
    r"dict(?:a|e|ar)|lea|lee|muestre|facilit(?:a|e|ar))"
)
_NEED = (
    r"(?:(?:i|we|ill|id|im|well|wed|were)\s(?:\w+\s){0,3}?(?:need|want|require|like|must|have\sto)|"
    r"(?:can|could|may|might)\s(?:i|we)\s(?:\w+\s)?(?:have|get|see|know|take)|need(?:ed)?\s(?:from\syou|here)|"
    r"requires\syour|required\s(?:here|by\sme|from\syou)|preciso|precisamos|necessito|necessitamos|quero|queremos|queria|gostaria|"
    r"falta\s(?:so\s|me\s)?|necesito|necesitamos|quiero|queremos|quisiera|requiero|requerimos|me\sfalta|hace\sfalta|"
    r"(?:poderia|podria|posso|puedo|podemos)\s(?:ver|ter|saber|tener))"
)
_WHICH = (
    r"(?:(?:what|which|whats|qual|quais|cual|cuales)\s(?:(?:is|was|are|were|the|your|that|these|those|e|era|foi|o|a|os|as|"
    r"seu|sua|seus|suas|es|fue|el|la|los|las|tu|su|tus|sus|six|seis|new|novo|nuevo|de|of|first|last|two|three|four|primeiros?|ultimos?|primeros?|dois|dos|tres)\s){0,5}|que\s)"
)
_SHOT = (
    r"(?:screen\s?shots?|photos?|pictures?|pics?|images?|prints?|fotos?|capturas?|imagem|imagens|imagen|imagenes|"
    r"pantallazos?)"
)
_NEGATED = re.compile(
    r"\b(?:never|not|dont|do not|wont|cannot|cant|nobody|no one|nao|nunca|jamais|ninguem|no|jamas|nadie)\b"
    r"(?!\s+(?:problem|worries|worry|forget|hesitate|mind|se esqueca|esqueca|hesite|dude|olvides?|te preocupes|"
    r"se preocupe))(?:\s+\w+){0,4}\s*$"
)

# --- what tells and does not ask; taken out before a clause is judged
_TELLS = re.compile(
    r"\b(?:zoe|we|i|it|they|system|button|eu|nos|ela|ele|sistema|gente|botao|boton|ella|el)\s(?:\w+\s)?(?:(?:will|can|could|"
    r"ll|just|now|te|lhe|vai|vou|va|voy|a|pode|puede)\s){0,3}(?:send|mail|envia|enviar|manda|mandar|mostra|muestra|show)s?"
    rf"\s(?:you\s|te\s)?(?:\w+\s){{0,3}}{_CODE}"
    r"|\b(?:to|you|te|lhe)\s(?:send|mail|show|envia|manda)\s(?:you\s)?(?:a|another|one|um|outro|un|otro)\s(?:\w+\s)?"
    rf"{_CODE}|\b(?:enviar|mandar|send)\s(?:de\snovo|outra\svez|otra\svez|again)\b"
)
_OWN_PAGE = re.compile(
    rf"\b{_FILL}\s(?:\w+\s){{0,3}}?(?P<what>{_GUARDED})\s(?:\w+\s){{0,6}}?(?:into|in|on|at|no|na|em|en)\s(?:\w+\s){{0,4}}?"
    r"(?:fields?|box|page|form|screen|site|website|login|sign\sin|campo|caixa|pagina|tela|formulario|janela|pantalla|"
    r"casilla|ventana|sitio)\b"
)
_HERE = re.compile(r"\b(?:here|aqui|aca|me|mim|us|comigo|conmigo)\b")
_CHAT = re.compile(r"\b(?:chat|conversation|conversa|conversacion)\b")

_WISH = re.compile(rf"\b(?:{_FILL}|{_HAND_OVER}|{_NEED})\b")
_ASKS_WHICH = re.compile(rf"\b{_WHICH}(?:\w+\s)?{_GUARDED}\b")
_SECRET = re.compile(rf"\b{_GUARDED}\b")
_CONTENT = (
    re.compile(
        rf"\b(?:what|whats|que|oque)\b(?:\s\w+){{0,5}}?\s{_SAYS}\s(?:\w+\s){{0,3}}?{_CARRIER}\b"
        rf"|\b(?:what|whats)\b(?:\s\w+){{0,4}}?\s{_CARRIER}(?:\s\w+){{0,3}}?\s{_SAYS}\b"
        rf"|\bwhat(?:s|\sis|\swas)\s(?:in|on)\s(?:\w+\s){{0,2}}{_CARRIER}\b"
    ),
    re.compile(
        rf"^(?:\w+\s){{0,2}}?(?:what\s(?:did\syou|have\syou|has|just)\s(?:just\s)?{_CAME}|what\s{_CAME}|"
        rf"o\sque\s(?:voce\s|vc\s|te\s|lhe\s)?{_CAME}|que\s(?:te\s|le\s|os\s)?{_CAME})\b"
        r"(?!\s(?:na|no|en|on)\s(?:\w+\s)?(?:tela|pagina|pantalla|screen|page|site)\b)"
    ),
    re.compile(
        rf"\b{_HAND_OVER}\b(?:\s\w+){{0,3}}?\s(?:what|whatever|everything|anything|o\sque|lo\sque|tudo|todo)\b(?:\s\w+){{0,4}}?"
        rf"\s(?:{_CAME}|{_SAYS})\b"
    ),
    re.compile(
        rf"\b(?:{_HAND_OVER}|{_NEED}|what|which|whats|qual|quais|cual|cuales|que)\b(?:\s\w+){{0,4}}?\s{_NUMBER}\b"
        rf"(?:\s\w+){{0,6}}?\s(?:{_CAME}|{_CARRIER})\b"
    ),
    re.compile(
        rf"\b(?:{_HAND_OVER}|{_NEED})\b(?:\s\w+){{0,4}}?\s(?:(?:the|those|these|all|os|los|las|esses|esos)\s"
        r"(?:numbers|numeros|figures|cifras|algarismos)|(?:the\s|o\s|el\s)?qr|(?:set\s?up\s)?key\s(?:shown|under|below))\b"
        rf"|\b(?:copy|forward|paste|read|copi(?:a|e)|encaminh(?:a|e)|col(?:a|e)|peg(?:a|ue)|le|leia|lee|(?:reenvi(?:a|e)|"
        rf"le|lee|copi(?:a|e)|peg(?:a|ue))(?:me|nos))\s(?:\w+\s){{0,3}}?{_CARRIER}\b"
        rf"|\b{_HAND_OVER}\s(?:\w+\s)?(?:the|that|o|esse|el|ese)\s(?:sms|text(?:\smessage)?|message|mensagem|mensaje)\b"
    ),
    re.compile(rf"\bqu(?:e|ais|al)\s{_NUMBER}\s(?:\w+\s){{0,2}}?{_CAME}\b"),
    re.compile(rf"\b{_SHOT}\b(?:\s\w+){{0,6}}?\s(?:{_CARRIER}|{_GUARDED}|qr)\b"),
    re.compile(
        r"\b(?:read|dictate|spell)\s(?:it|them|that|those)\b|\b(?:le|leia|dita|dite)\s(?:\w+\s){0,2}?(?:pra|para)\smim\b|"
        r"\b(?:lee|lea|dicta|dicte)me(?:lo|la|los|las)\b"
    ),
)
_IT = re.compile(
    rf"\b(?:{_HAND_OVER}|{_FILL})\s(?:\w+\s){{0,2}}?(?:it|them|that|those|ele|ela|eles|elas|isso|here|aqui|aca)\b|"
    r"\b[a-z]{1,9}(?:me|nos)(?:lo|la|los|las)\b|"
    rf"\bme\s(?:manda|mande|fala|fale|passa|passe|diz|diga|envia|envie|conta|conte|mostra|mostre)$|"
    r"^(?:and\s|so\s|e\s|y\s)?(?:what\s(?:is|was)\s(?:it|that)|whats\sit|qual\s(?:e|era|foi)(?:\sele|\sela)?|cual\s(?:es|era|fue))$"
)
_LITTLE = (
    r"(?:please|pls|now|again|here|first|from|of|in|by|the|your|do|da|del|de|no|na|el|la|sms|app|mail|e?mail|mensagem|"
    r"mensaje|por\sfavor|agora|ahora|aqui|recuperacao|recuperacion|acesso|acceso|recovery|access|login|it|is|e|es|codes?|codigos?|you|got|received)"
)
_BARE = re.compile(
    r"^(?:(?:and|so|ok|hi|now|e|y|then|just|only|so|solo)\s)?(?:(?:one|any|some|all|um|uma|uno|una|alguns?|algunos?)\s(?:of|de|dos|das)\s)?"
    r"(?:(?:your|the|seu|sua|seus|suas|o|a|os|as|tu|su|tus|sus|el|la|los|las|new|novo|nuevo|recovery|login|backup|"
    r"verification|security|access|full|complete|current|last|first|two|three|ultimos|primeiros|primeros)\s){0,4}"
    rf"{_GUARDED}(?:\s{_LITTLE}){{0,5}}$"
)
_PLEASE = re.compile(r"\b(?:please|por favor|pls|plz|urgent\w*)\b")
_SENTENCE = re.compile(r"([.!?;\n]+)(?:\s|$)|\n")
_CLAUSE = re.compile(r"[.!?;:,\n()\[\]\"“”«»]+|\s[-–—]\s|\b(?:but|and then|mas|pero|sino)\b")


def asks_for_secret(text: str) -> bool:
    """Whether `text` asks the reader for a code, a password or the content of a message that may carry one."""
    words = re.sub(r"\bqr\scodes?\b|\bcodigos?\sqr\b", "qr", _HARMLESS_CODES.sub(" ", _plain(text)))
    named = bool(_SECRET.search(words) or re.search(rf"\b(?:{_CARRIER}|{_NUMBER})\b", words))
    return any(
        _sentence_asks(sentence, question=mark.strip() == "?", named=named) for sentence, mark in _sentences(words)
    )


def _sentences(words: str) -> list[tuple[str, str]]:
    pieces = _SENTENCE.split(words)
    return [
        (piece or "", (pieces[i + 1] or "") if i + 1 < len(pieces) else "")
        for i, piece in enumerate(pieces)
        if i % 2 == 0
    ]


def _sentence_asks(sentence: str, *, question: bool, named: bool) -> bool:
    clauses = [" ".join(re.findall(r"\w+", clause)) for clause in _CLAUSE.split(sentence)]
    clauses = [clause for clause in clauses if clause]
    asking = question or len(clauses) == 1 or any(_PLEASE.search(clause) for clause in clauses)
    if asking and any(_BARE.match(_PLEASE.sub("", clause).strip()) for clause in clauses):
        return True
    return any(_clause_asks(clause, named=named) for clause in clauses)


def _clause_asks(clause: str, *, named: bool) -> bool:
    clause = _TELLS.sub(" ", clause)
    clause = _OWN_PAGE.sub(lambda found: found.group() if _is_chat_for(found, clause) else " ", clause)
    if named and _wished(_IT, clause):
        return True
    if any(_wished(pattern, clause) for pattern in _CONTENT):
        return True
    secrets = [found.span() for found in _SECRET.finditer(clause)]
    if not secrets:
        return False
    if _wished(_ASKS_WHICH, clause):
        return True
    wishes = [wish for wish in _WISH.finditer(clause) if not _NEGATED.search(_before_verb(clause, wish))]
    return any(not (start <= wish.start() < end) for wish in wishes for start, end in secrets)


def _is_chat_for(found: re.Match[str], clause: str) -> bool:
    """Whether a "type it there" leads to a person, or a password into the chat."""
    password = re.fullmatch(_CODE, found.group("what")) is None
    return bool(_HERE.search(clause) or (password and _CHAT.search(clause)))


def _wished(pattern: re.Pattern[str], clause: str) -> bool:
    return any(not _NEGATED.search(clause[: found.start()]) for found in pattern.finditer(clause))


def _before_verb(clause: str, wish: re.Match[str]) -> str:
    """What a denial may stand in: "I don't need …" has it inside the wish."""
    return clause[: wish.start()] + " ".join(wish.group().split()[:-1])


def _plain(text: str) -> str:
    """Lower case, without accents, invisible characters, letters written as digits, and dots between letters."""
    decomposed = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).casefold())
    letters = "".join(c for c in decomposed if not unicodedata.combining(c) and unicodedata.category(c) != "Cf")
    letters = letters.replace("'", "").replace("’", "").replace("¿", "").replace("¡", "")
    spaced = re.sub(r"\b(?:\w[.\-_* ]){3,}\w\b", lambda found: re.sub(r"[.\-_* ]", "", found.group()), letters)
    return re.sub(r"\b\w*[a-z$@]\w*\b", lambda word: word.group().translate(_DISGUISES), spaced.replace("*", ""))
