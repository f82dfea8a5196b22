"""A whole life of an owner, and then a search for every secret that occurred in it: logs, all rows, metrics."""

import io
import re
from typing import Any

from auth_backend.db import Base
from auth_backend.login.cookies import BROWSER, DEVICE, SESSION
from tests.integration.auth.factors.ways import ANA, CODES, PASSWORD, PHONE, ask_sms, codes_on, put_away, to_methods
from tests.integration.auth.resets.test_logs import written
from tests.support.auth_site import Site, Visitor, key_on

FORGOT = "/login/forgot"
NEW, WRONG = "eleven quiet lamps", "not the one, I am afraid"
COOKIES = (SESSION, BROWSER, DEVICE, "zoe_forgot", "zoe_report", "zoe_not_me")

__all__ = ["written"]


class Secrets:
    """What occurred. Codes of six digits are looked for as words of their own: ids and times have digits too."""

    def __init__(self) -> None:
        self.said: set[str] = set()

    def cookies(self, visitor: Visitor) -> None:
        """What the browser holds now."""
        self.said |= {value for name, value in visitor.cookies.items() if name in COOKIES}

    async def messages(self, site: Site, *to: str) -> None:
        """Codes and link tokens of every message."""
        for envelope in [envelope for each in to for envelope in await site.outbox(each)]:
            self.said |= set(re.findall(r"\b\d{6}\b", envelope.text))
            self.said |= set(re.findall(r"https?://\S+/([A-Za-z0-9_-]{32,})", envelope.text))

    def found_in(self, text: str) -> set[str]:
        """Those that stand in a text."""
        return {secret for secret in self.said if re.search(rf"(?<![\w-]){re.escape(secret)}(?![\w-])", text)}


def as_text(value: Any) -> str:
    """A stored value as a search sees it."""
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)


async def test_no_secret_of_a_whole_life_is_in_logs_rows_or_metrics(written: io.StringIO, site: Site) -> None:
    """Enrolment, recovery codes, sign-ins, step-up, a replacement, a remembered device, a forgotten password, links."""
    secrets, visitor = Secrets(), await site.visitor()
    secrets.said |= {PASSWORD, NEW, WRONG, "987654"}
    await site.user(ANA, account=await site.account())
    await to_methods(site, visitor)
    secrets.cookies(visitor)
    await ask_sms(visitor, PHONE)
    await visitor.submit("/enrol/sms/code", code="987654")
    await visitor.submit("/enrol/sms/code", code=await site.code_for(PHONE))
    secrets.cookies(visitor)
    recovery = codes_on(visitor.page)
    secrets.said |= {*recovery, *(code.replace("-", "") for code in recovery)}
    await visitor.open(f"{CODES}/file")
    await visitor.open(CODES)
    await put_away(visitor)
    site.later(seconds=90)
    stranger = await site.visitor()
    await stranger.sign_in(ANA, WRONG)
    await stranger.sign_in(ANA)
    secrets.cookies(stranger)
    await stranger.submit("/login/second-step", code=await site.code_for(PHONE), remember="yes")
    secrets.cookies(stranger)
    site.later(minutes=6)
    await stranger.open("/login/recovery-code")
    await stranger.submit("/login/recovery-code", recovery_code=recovery[0])
    await stranger.open("/account/security/replace")
    await stranger.submit("/account/security/replace/method", method="app")
    key = key_on(stranger.page)
    first = site.totp(key)
    secrets.said |= {key, first}
    await stranger.submit("/account/security/replace/app", code=first)
    secrets.cookies(stranger)
    site.later(seconds=90)
    lost = await site.visitor()
    await lost.open(FORGOT)
    await lost.submit(FORGOT, email=ANA)
    secrets.cookies(lost)
    await lost.submit(f"{FORGOT}/mail", code=await site.code_for(ANA))
    await lost.submit(f"{FORGOT}/recovery-code", recovery_code=recovery[1])
    await lost.submit(f"{FORGOT}/password", new_password=NEW)
    await secrets.messages(site, ANA, PHONE)
    for token in [said for said in secrets.said if len(said) == 43]:
        for page in ("not-me", "report", "undo", "verify", "resets"):
            await lost.open(f"/{page}/{token}")
    assert len(secrets.said) > 40
    logged = written.getvalue()
    assert "/login/forgot/password" in logged
    assert secrets.found_in(logged) == set()
    async with site.services.reading.begin() as session:
        metrics = await site.services.metrics.render(session, now=site.clock())
        assert secrets.found_in(as_text(metrics)) == set()
        for table in Base.metadata.sorted_tables:
            rows = (await session.execute(table.select())).all()
            text = "\n".join(as_text(value) for row in rows for value in row)
            assert secrets.found_in(text) == set(), table.name
