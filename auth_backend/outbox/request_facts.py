"""How a mail tells when, from where and with what something was asked: for people, coarse, in their language."""

import ipaddress
from datetime import datetime

from babel.dates import format_datetime
from ua_parser import parse

_LOCALES = {"en": "en", "pt": "pt_BR", "es": "es"}
_UNKNOWN_BROWSER = {"en": "an unknown browser", "pt": "um navegador desconhecido", "es": "un navegador desconocido"}
_UNKNOWN_PLACE = {"en": "an unknown address", "pt": "de um endereço desconhecido", "es": "una dirección desconocida"}
_PLACE = {"en": "the network {net}", "pt": "da rede {net}", "es": "la red {net}"}
_ON = {"en": "{browser} on {system}", "pt": "{browser} no {system}", "es": "{browser} en {system}"}


def when(moment: datetime, language: str) -> str:
    """A date and time in UTC, with the zone named: a mail doesn't know its reader's zone."""
    return format_datetime(moment, "d MMM y, HH:mm 'UTC'", locale=_LOCALES.get(language, "en"))


def browser(user_agent: str, language: str) -> str:
    """`Firefox on Windows`; nothing of the string itself is repeated, for it comes from the requester."""
    agent = parse(user_agent[:512])
    if agent.user_agent is None:
        return _UNKNOWN_BROWSER.get(language, _UNKNOWN_BROWSER["en"])
    if agent.os is None:
        return agent.user_agent.family
    return _ON.get(language, _ON["en"]).format(browser=agent.user_agent.family, system=agent.os.family)


def place(ip: str, language: str) -> str:
    """The network that the request came from: IPv4 by /24, IPv6 by /48."""
    try:
        address = ipaddress.ip_address(ip.partition("/")[0])
    except ValueError:
        return _UNKNOWN_PLACE.get(language, _UNKNOWN_PLACE["en"])
    net = ipaddress.ip_network((address, 24 if address.version == 4 else 48), strict=False)
    return _PLACE.get(language, _PLACE["en"]).format(net=net)
