"""`zoe admin create-site`, `list-sites`, `disable-site`: which foreign pages may embed the chat."""

import click

from auth_backend.audit.service import record
from auth_backend.audit.tags import Tag
from auth_backend.services import Services
from bot.db import upgrade
from bot.identifiers import new_token
from bot.sites.registry import NewSite, create_site, disable_site, list_sites
from httpkit.errors import ClientError


async def create(services: Services, name: str, origins: tuple[str, ...]) -> NewSite:
    """Registers a site and audits it. Raises ClickException for an origin that is none."""
    await upgrade(services.sessions.kw["bind"])
    now = services.now()
    try:
        async with services.sessions.begin() as session:
            made = await create_site(session, name=name, origins=origins, now=now, new_token=new_token)
            data = {"site": made.key, "origins": sorted(origins)}
            await record(session, services.keys, Tag.SITE_CREATED, now=now, actor="operator", data=data)
    except ClientError as error:
        raise click.ClickException(
            f"not an origin (scheme, host and port, nothing else): {', '.join(origins)}"
        ) from error
    return made


async def lines(services: Services) -> list[str]:
    """A line a site: key, whether it is on, name, origins."""
    await upgrade(services.sessions.kw["bind"])
    async with services.reading() as session:
        sites = await list_sites(session)
    return [
        "  ".join([site.public_key, "off" if site.disabled_at else "on", site.name, " ".join(site.origins)])
        for site in sites
    ]


async def disable(services: Services, key: str) -> None:
    """Switches a site off and audits it. Raises ClickException when there is none."""
    await upgrade(services.sessions.kw["bind"])
    now = services.now()
    async with services.sessions.begin() as session:
        if not await disable_site(session, key, now=now):
            raise click.ClickException("no site that is on has this key")
        await record(session, services.keys, Tag.SITE_DISABLED, now=now, actor="operator", data={"site": key})
