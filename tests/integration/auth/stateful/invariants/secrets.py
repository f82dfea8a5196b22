"""12: no seed, code, password, nonce or token lies readable in any row."""

import base64
import json
import re

from tests.integration.auth.stateful.stage import Stage
from tests.integration.auth.stateful.witness import Witness

BOUNDED = re.compile(r"(?<![0-9A-Za-z.:+-])\d{6}(?![0-9A-Za-z])")


def check_secrets(stage: Stage, witness: Witness) -> None:
    """Looks through every value of every table."""
    blobs, texts = [], []
    for value in stage.reader.every_value():
        if isinstance(value, bytes | memoryview):
            blobs.append(bytes(value))
        elif isinstance(value, str | dict | list):
            texts.append(value if isinstance(value, str) else json.dumps(value, default=str))
    text, blob = "\n".join(texts), b"\n".join(blobs)
    for secret in witness.secrets:
        assert secret not in text, "12: a secret lies in the rows"
        assert secret.encode() not in blob, "12: a secret lies in the rows"
    for key in witness.keys.values():
        assert not key or base64.b32decode(key) not in blob, "12: a seed lies in the rows"
    codes = {letter.code for letter in witness.letters if letter.code}
    found = codes & set(BOUNDED.findall(text))
    assert not found, "12: a one-time code lies in the rows"
