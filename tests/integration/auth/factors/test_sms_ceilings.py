"""Ceilings of SMS, and destinations at which nothing arrives: what people see, what the operator is told."""

import pytest
import structlog
from sqlalchemy import select
from structlog.testing import capture_logs

from auth_backend.accounts.models import User
from auth_backend.audit.models import AuditEvent
from auth_backend.limits.models import Sending
from auth_backend.outbox.bounces import destination_hash, holder_of, mark_bounced
from auth_backend.outbox.models import Channel, OutboxMessage
from httpkit.clock import OffsetClock
from tests.integration.auth.factors.ways import ANA, PHONE, ask_sms, enrol_app, enrol_sms, to_methods
from tests.support.auth_site import Site, running_site

CARLA = "carla@globex.example"
PORTUGAL = "+351912345678"


async def people(site: Site) -> None:
    await site.user(ANA, account=await site.account())
    await site.user(CARLA, account=await site.account("Globex"))


async def sms_left(site: Site) -> int:
    return len(await site.rows(OutboxMessage, OutboxMessage.channel == Channel.SMS))


async def told(site: Site) -> list[dict[str, str]]:
    async with site.services.sessions.begin() as session:
        query = select(AuditEvent.data).where(AuditEvent.tag == "outbox:sms:ceiling").order_by(AuditEvent.seq)
        return list(await session.scalars(query))


async def test_a_countrys_ceiling_closes_that_country_only(sqlite_url: str, clock: OffsetClock) -> None:
    async with running_site(sqlite_url, clock, sms_daily_ceiling_per_country=1) as site:
        await people(site)
        await enrol_sms(site, await site.visitor())
        carla = await site.visitor()
        await to_methods(site, carla, CARLA)
        structlog.reset_defaults()
        with capture_logs() as lines:
            page = await ask_sms(carla, "+5511977776666")
            site.later(seconds=61)
            await carla.submit("/enrol/sms", phone_country="BR", phone="+5511977776666")
        assert page.status == 429
        assert "So many text messages were sent today that we can't send yours now. Use an authenticator" in page
        assert await sms_left(site) == 1
        assert await told(site) == [{"scope": "BR"}]  # once an hour, however often it is asked
        reached = [line for line in lines if line["log_level"] == "error"]
        assert [line["scope"] for line in reached] == ["BR"]
        assert "97777" not in str(lines)

        site.later(seconds=61)
        page = await carla.submit("/enrol/sms", phone_country="PT", phone=PORTUGAL)
        assert page.path == "/enrol/sms/code"
        assert await sms_left(site) == 2


async def test_the_ceiling_for_all_countries(sqlite_url: str, clock: OffsetClock) -> None:
    async with running_site(sqlite_url, clock, sms_daily_ceiling=1) as site:
        await people(site)
        await enrol_sms(site, await site.visitor())
        carla = await site.visitor()
        await to_methods(site, carla, CARLA)
        assert (await ask_sms(carla, PORTUGAL, "PT")).status == 429
        assert await told(site) == [{"scope": "all"}]
        held = await site.rows(Sending, Sending.held.is_(True))
        assert len(held) == 1


async def test_at_the_second_step_a_ceiling_tells_no_method(sqlite_url: str, clock: OffsetClock) -> None:
    """Whoever has just the password sees and gets the same for an app and for SMS, held back or not."""
    async with running_site(sqlite_url, clock, sms_daily_ceiling=1) as site:
        await people(site)
        await enrol_sms(site, await site.visitor())
        await enrol_app(site, await site.visitor(), CARLA)
        pages = []
        for email in (ANA, CARLA):
            visitor = await site.visitor()
            await visitor.sign_in(email)
            site.later(seconds=61)
            asked = await visitor.submit("/login/second-step/send")
            again = await visitor.submit("/login/second-step/send")
            pages.append((asked.status, asked.html, again.status))
        assert await sms_left(site) == 1
        (sms_status, sms_page, sms_again), (app_status, app_page, app_again) = pages
        assert (sms_status, sms_again) == (app_status, app_again) == (200, 429)
        for page in (sms_page, app_page):
            assert "So many text messages were sent today that some are held back." in page


@pytest.mark.parametrize("lang", ["en", "pt", "es"])
async def test_a_bounced_address_is_shown_to_its_owner_only(sqlite_url: str, clock: OffsetClock, lang: str) -> None:
    async with running_site(sqlite_url, clock) as site:
        await people(site)
        ana, carla = await site.visitor(), await site.visitor()
        await enrol_sms(site, ana)
        await carla.sign_in(CARLA)
        async with site.services.sessions.begin() as session:
            for address, channel in ((ANA, Channel.EMAIL), (PHONE, Channel.SMS)):
                await mark_bounced(
                    session,
                    site.services.keys,
                    destination=destination_hash(site.services.keys, address),
                    channel=channel,
                    user_id=None,
                    reason="smtp:550",
                    now=clock(),
                )
        said = {
            "en": (f"Mail to {ANA} bounced on", "A text message to +55 11 98888-7788 could not be delivered on"),
            "pt": (f"Um e-mail para {ANA} voltou em", "Uma mensagem de texto para +55 11 98888-7788"),
            "es": (f"Un correo a {ANA} fue devuelto el", "Un mensaje de texto a +55 11 98888-7788"),
        }[lang]
        own = await ana.open(f"/account/security?lang={lang}")
        assert all(text in own for text in said), own.html
        other = await carla.open(f"/account/security?lang={lang}")
        assert not any(text in other for text in said)
        assert "smtp:550" not in own


async def test_the_second_notice_address_is_shown_too(sqlite_url: str, clock: OffsetClock) -> None:
    async with running_site(sqlite_url, clock) as site:
        user = await site.user(ANA, account=await site.account())
        async with site.services.sessions.begin() as session:
            row = await session.get(User, user.id)
            assert row is not None
            row.notice_email = "ana@home.example"
            await session.flush()
            assert await holder_of(session, Channel.EMAIL, "ana@home.example") == user.id
            await mark_bounced(
                session,
                site.services.keys,
                destination=destination_hash(site.services.keys, "ana@home.example"),
                channel=Channel.EMAIL,
                user_id=user.id,
                reason="smtp:550",
                now=clock(),
            )
        visitor = await site.visitor()
        await visitor.sign_in(ANA)
        assert "Mail to ana@home.example bounced on" in await visitor.open("/account/security")


async def test_a_mark_closes_no_way(sqlite_url: str, clock: OffsetClock) -> None:
    """There is one registered address and one number: a marked one still gets every code that is asked for."""
    async with running_site(sqlite_url, clock) as site:
        await people(site)
        await enrol_sms(site, await site.visitor())
        async with site.services.sessions.begin() as session:
            await mark_bounced(
                session,
                site.services.keys,
                destination=destination_hash(site.services.keys, PHONE),
                channel=Channel.SMS,
                user_id=None,
                reason="twilio:30003",
                now=clock(),
            )
        visitor, before = await site.visitor(), await sms_left(site)
        page = await visitor.sign_in(ANA)
        assert await sms_left(site) == before + 1
        assert "delivered" not in page  # nothing of it before the second step
        page = await visitor.submit("/login/second-step", code=await site.code_for(PHONE))
        assert page.path == "/", page.html
