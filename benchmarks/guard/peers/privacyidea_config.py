"""privacyIDEA's configuration: its audit with signatures, as it comes. Read by the peer itself."""

import os
from pathlib import Path

_FOLDER = Path(os.environ["BENCH_FOLDER"])

SQLALCHEMY_DATABASE_URI = os.environ["BENCH_DATABASE_URL"].replace("postgresql:", "postgresql+psycopg2:", 1)
SECRET_KEY = os.environ["BENCH_SECRET"]
PI_PEPPER = os.environ["BENCH_SECRET"]
PI_ENCFILE = str(_FOLDER / "enckey")
PI_AUDIT_KEY_PRIVATE = str(_FOLDER / "private.pem")
PI_AUDIT_KEY_PUBLIC = str(_FOLDER / "public.pem")
# Its own keys need no check at every request: the documentation's advice for many requests, and a gift of about 100 ms.
PI_AUDIT_NO_PRIVATE_KEY_CHECK = True
PI_RESPONSE_NO_PRIVATE_KEY_CHECK = True
PI_LOGFILE = str(_FOLDER / "privacyidea.log")
PI_LOGLEVEL = 30
PI_UUID_FILE = str(_FOLDER / "uuid")
SUPERUSER_REALM = ["bench"]
