"""SMS is offered where somebody carries it, and never at the desk."""

from pathlib import Path

import pytest

from auth_backend.accounts.models import User, UserKind
from auth_backend.factors.enrolment import kinds_for
from auth_backend.factors.models import FactorKind
from auth_backend.login.models import LoginSession
from auth_backend.login.sessions import CurrentSession
from auth_backend.settings import Settings

BOTH, APP = (FactorKind.APP, FactorKind.SMS), (FactorKind.APP,)


@pytest.mark.parametrize(
    ("dev", "kind", "offered"),
    [(True, UserKind.MEMBER, BOTH), (True, UserKind.DESK, APP), (False, UserKind.MEMBER, APP)],
)
def test_offered(dev: bool, kind: UserKind, offered: tuple[FactorKind, ...]) -> None:
    settings = Settings(
        dev=dev,
        public_url="https://zoe.example",
        database_url="sqlite://",
        secret_keys={"k1": b"x" * 32},
        internal_token="i" * 32,
        internal_actions_token="a" * 32,
        internal_url="http://127.0.0.1:8081",
        data_dir=Path(),
    )
    assert kinds_for(settings, CurrentSession(LoginSession(), User(kind=kind))) == offered
