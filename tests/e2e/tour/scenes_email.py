"""The registered e-mail is changed, disputed and taken back."""

import re
from collections.abc import AsyncIterator
from datetime import timedelta

from tests.e2e.tour.scenes_account import SECURITY
from tests.e2e.tour.scenes_anybody import NO_CODE, WRONG_PASSWORD
from tests.e2e.tour.stops import Stop, Tour
from tests.integration.auth.resets.repudiation_world import give_app
from tests.integration.auth.resets.world import ANA, PASSWORDS

NEW, PAGE, ANSWER, LINK = "ana@new.example", f"{SECURITY}/email", f"{SECURITY}/email/dispute", "/email-dispute/"


async def email_changed(tour: Tour) -> AsyncIterator[Stop]:
    """By whoever has the session; the old mailbox disputes it, and the person of before takes it back."""
    world = tour.world
    await give_app(world)
    ana = await tour.signed_in("ana")
    yield Stop("email", ana, PAGE)
    yield Stop("email-empty", ana, PAGE, PAGE, {}, 422)
    yield Stop("email-wrong", ana, PAGE, PAGE, {"address": NEW, "current_password": WRONG_PASSWORD}, 422)
    yield Stop("email-code", ana, PAGE, PAGE, {"address": NEW, "current_password": PASSWORDS["ana"]})
    yield Stop("email-no-code", ana, f"{PAGE}/code", f"{PAGE}/code", {"code": NO_CODE}, 422)
    yield Stop("email-answer-none", ana, ANSWER)
    await ana.get(f"{PAGE}/code")
    await ana.post(f"{PAGE}/code", {"code": await world.mailed_code(NEW)})
    yield Stop("email-changed", ana, f"{SECURITY}?done=email")
    before = world.clock() - timedelta(days=300)
    yield Stop("email-answer", await tour.signed_in("ana", shown_since=before), ANSWER)
    texts = [mail.text for mail in await world.mails(ANA, "notice:")]
    (path,) = {found for text in texts for found in re.findall(rf"{LINK}[A-Za-z0-9_-]+", text)}
    guest = tour.guest()
    await guest.get(path)
    yield Stop("email-dispute", guest, LINK)
    yield Stop("email-disputed", guest, LINK, LINK)
    owner = await tour.signed_in("ana", shown_since=before)
    yield Stop("security-email-disputed", owner, SECURITY)
    yield Stop("email-answer-disputed", owner, ANSWER)
    yield Stop("email-answer-empty", owner, ANSWER, ANSWER, {"password": ""}, 422)
    younger = await tour.signed_in("ana", shown_since=world.clock())
    yield Stop("email-answer-younger", younger, ANSWER, ANSWER, {"password": PASSWORDS["ana"]}, 422)
    await owner.get(ANSWER)
    await owner.post(ANSWER, {"password": PASSWORDS["ana"], "counts": "old"}, status=0)
    yield Stop("email-taken-back", guest, LINK)
