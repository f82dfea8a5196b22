"""TOTP tokens in privacyIDEA's database. Runs in the peer's environment.

`python privacyidea_people.py COUNT` prints a JSON list of tokens. `application` is what gunicorn serves.
"""

import base64
import json
import os
import sys

from privacyidea.app import create_app

application = create_app(config_name="production", config_file=os.environ["PRIVACYIDEA_CONFIGFILE"], silent=True)


def make(count):
    """Tokens without a PIN, and the policy that a password is somebody else's business: only the code is judged."""
    from privacyidea.lib.policy import SCOPE, set_policy
    from privacyidea.lib.token import init_token

    found = []
    with application.app_context():
        set_policy("code_alone", scope=SCOPE.AUTH, action="otppin=none")
        for number in range(count):
            seed = os.urandom(20)
            init_token({"type": "totp", "serial": f"BENCH{number}", "otpkey": seed.hex(), "otplen": "6"})
            found.append({"serial": f"BENCH{number}", "key": base64.b32encode(seed).decode()})
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    make(int(sys.argv[1]))
