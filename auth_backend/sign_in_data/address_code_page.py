"""The page that takes the code from a mailbox which is to be put on file: the registered one, or the second one."""

from dataclasses import dataclass
from datetime import datetime

from aiohttp import web

from auth_backend.login.sessions import CurrentSession
from auth_backend.pages import render
from auth_backend.services import SERVICES
from auth_backend.sign_in_data.address_proof import pending_address
from auth_backend.sign_in_data.models import AddressUse


@dataclass(frozen=True)
class AddressCodePage:
    """What the address is for, where the code is posted, and where another address is typed."""

    use: AddressUse
    action: str
    again: str

    async def show(
        self,
        request: web.Request,
        current: CurrentSession,
        heading: str,
        *,
        status: int = 200,
        error: str = "",
        until: datetime | None = None,
    ) -> web.Response:
        """The page, in the reader's language; raises HTTPSeeOther to `again` when no address waits for a code."""
        services = request.app[SERVICES]
        async with services.sessions.begin() as session:
            pending = await pending_address(session, current, self.use, now=services.now())
        if pending is None:
            raise web.HTTPSeeOther(self.again)
        return render(
            request,
            "sign_in_data/address_code.html",
            heading=heading,
            status=status,
            errors={"code": error} if error else {},
            until=until,
            address=pending.address,
            action=self.action,
            again=self.again,
        )
