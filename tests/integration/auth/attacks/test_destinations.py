"""Whose share of a mailbox or number each way of sending uses: strangers use up none of the holder's."""

from auth_backend.limits.destinations import Destination, named_by_anybody, of_holder
from auth_backend.limits.models import Sending
from tests.integration.auth.factors.ways import ANA, PHONE, ask_sms, enrol_sms, to_methods
from tests.support.auth_site import Site, Visitor

FORGOT, NOTICE = "/login/forgot", "/account/security/notice-address"
BOB = "bob@acme.example"


async def used(site: Site, share: Destination) -> int:
    """How many codes left on a share so far."""
    return len(await site.rows(Sending, Sending.destination == share.key))


async def forgot(site: Site, visitor: Visitor, email: str = ANA) -> None:
    """Asks for a code for a forgotten password."""
    site.later(seconds=61)
    await visitor.open(FORGOT)
    assert (await visitor.submit(FORGOT, email=email)).status == 200


async def test_what_strangers_ask_for_leaves_the_holder_all_of_theirs(site: Site) -> None:
    """Forgotten passwords, a new notice address and a new number name what may be anybody's; the holder's own ways in
    have their own share.
    """
    account = await site.account()
    await site.user(ANA, account=account)
    await site.user(BOB, account=account, owner=False)
    named, holder = named_by_anybody(site.services.keys, ANA), of_holder(site.services.keys, ANA)
    number, phone = named_by_anybody(site.services.keys, PHONE), of_holder(site.services.keys, PHONE)
    ana, bob = await site.visitor(), await site.visitor()
    await enrol_sms(site, ana)
    assert (await used(site, holder), await used(site, named)) == (1, 0), "the mail before enrolment"
    assert (await used(site, phone), await used(site, number)) == (0, 1), "a number that was typed"
    await forgot(site, await site.visitor())
    assert (await used(site, holder), await used(site, named)) == (1, 1)
    await forgot(site, ana)
    assert (await used(site, holder), await used(site, named)) == (2, 1), "her own browser is known"
    await enrol_sms(site, bob, BOB, "+5511988887799")
    await bob.open("/login/step-up")
    await bob.submit("/login/step-up/send")
    await bob.submit("/login/step-up", code=await site.code_for("+5511988887799"))
    await bob.open(NOTICE)
    await bob.submit(NOTICE, address=ANA)
    assert (await used(site, holder), await used(site, named)) == (2, 2), "somebody else's new address"
    carla = "carla@acme.example"
    await site.user(carla, account=account, owner=False)
    thief = await site.visitor()
    await to_methods(site, thief, carla)
    await ask_sms(thief, PHONE)
    assert (await used(site, phone), await used(site, number)) == (0, 2), "somebody else's new number"
    stranger = await site.visitor()
    await stranger.sign_in(ANA)
    await stranger.submit("/login/methods")
    assert await used(site, phone) == 1
    assert (await used(site, holder), await used(site, named)) == (3, 2)
