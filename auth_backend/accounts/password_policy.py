"""Which passwords are taken (SP 800-63B-4 3.1.1.2): length and a blocklist, no composition rules. Pure."""

from collections.abc import Sequence
from enum import StrEnum

from auth_backend.accounts.models import EnrolmentState, User
from auth_backend.accounts.passwords import MAX_PASSWORD_BYTES, normalise_password
from auth_backend.i18n import Gettext

LEAST_ALONE = 15
"""While the password is the only factor (`none`, `must_enrol`)."""
LEAST_WITH_SECOND = 8

_COMMON_WORDS = """
password passwrd passw psswrd pssword qwerty qwertyuiop asdf asdfgh asdfghjkl zxcvbn zxcvbnm qazwsx qazwsxedc
letmein iloveyou welcome admin administrator changeme trustno monkey dragon football baseball basketball
sunshine princess master shadow superman batman abc abcdef test testtest guest secret login hello whatever
starwars computer internet senha mudar brasil flamengo corinthians palmeiras saopaulo familia deusefiel deus
jesus teamo teamomuito amor minhasenha contrasena contraseña clave hola tequiero tequieromucho barcelona
realmadrid america argentina mexico espana españa estrella miclave zoe
"""
_COMMON = frozenset(_COMMON_WORDS.split())
"""Words that people make passwords of, without the digits and marks around them."""
_ROWS = ("abcdefghijklmnopqrstuvwxyz", "qwertyuiopasdfghjklzxcvbnm", "01234567890123456789", "98765432109876543210")


class PasswordProblem(StrEnum):
    """Why a password is not taken."""

    SHORT = "short"
    LONG = "long"
    COMMON = "common"
    PERSONAL = "personal"


def least_length(user: User) -> int:
    """How many characters a new password of this user needs."""
    return LEAST_WITH_SECOND if user.state is EnrolmentState.ENROLLED else LEAST_ALONE


def password_problem(password: str, *, least: int, own_words: Sequence[str] = ()) -> PasswordProblem | None:
    """What is wrong with a new password; None when it is taken. `own_words`: address and name, easily guessed."""
    text = normalise_password(password)
    if len(text) < least:
        return PasswordProblem.SHORT
    if len(text.encode()) > MAX_PASSWORD_BYTES:
        return PasswordProblem.LONG
    plain = text.casefold()
    core = _unit("".join(character for character in plain if character.isalpha()))
    if _is_run(plain) or core in _COMMON or (not core and _is_run(_unit(plain))):
        return PasswordProblem.COMMON
    if core and core in {"".join(c for c in word.casefold() if c.isalpha()) for word in own_words}:
        return PasswordProblem.PERSONAL
    return None


def problem_text(problem: PasswordProblem, least: int, gettext: Gettext) -> str:
    """What pages say beside the field."""
    _ = gettext
    texts = {
        PasswordProblem.SHORT: _("At least %(least)s characters, please: several words make a good password."),
        PasswordProblem.LONG: _("That is too long."),
        PasswordProblem.COMMON: _("Too many people use that one. Choose words that don't belong together."),
        PasswordProblem.PERSONAL: _("Don't use your name or address."),
    }
    return texts[problem] % {"least": least}


def _unit(text: str) -> str:
    """The shortest piece whose repetition is `text`: a word typed twice is still that word."""
    for length in range(1, len(text) // 2 + 1):
        if len(text) % length == 0 and text == text[:length] * (len(text) // length):
            return text[:length]
    return text


def _is_run(text: str) -> bool:
    """One character again and again, or a row of the keyboard or the alphabet."""
    return len(set(text)) <= 2 or any(text in row * 3 or text in row[::-1] * 3 for row in _ROWS)
