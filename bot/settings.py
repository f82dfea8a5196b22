"""The settings of the chat, one frozen object; nothing is read at import."""

from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit


@dataclass(frozen=True)
class BotSettings:
    """What the CLI hands to `bot.app`. Times are durations; `public_url` has no trailing slash and builds every
    link.
    """

    database_url: str
    public_url: str
    internal_url: str
    internal_token: str = field(repr=False)
    dialogue_url: str
    dialogue_token: str = field(repr=False)
    turn_ticket_key: bytes = field(repr=False)
    """Derived from `ZOE_SECRET_KEY`, label `turn-ticket`; at least 32 bytes."""
    production: bool = True
    trusted_proxies: tuple[str, ...] = ()
    """Addresses or networks whose `X-Forwarded-For` counts; the right-most untrusted hop is the client."""
    secure_cookies: bool = True
    """`__Host-` names and Secure; off only for plain http in development."""
    widget_folder: Path = Path(__file__).parent / "widget"
    desk_folder: Path = Path(__file__).parent / "desk"

    token_life: timedelta = timedelta(minutes=30)
    ticket_life: timedelta = timedelta(seconds=60)
    comeback: timedelta = timedelta(hours=24)
    """How long after its end a token still leads the same browser back to its conversation."""
    turn_lease: timedelta = timedelta(seconds=90)
    turn_timeout_s: float = 60.0
    dialogue_timeout_s: float = 20.0
    backend_timeout_s: float = 5.0
    poll_s: float = 1.0
    """How often the database is asked for what other instances did."""
    probe_s: float = 5.0
    probe_good_for: timedelta = timedelta(seconds=10)
    messages_per_window: int = 15
    window: timedelta = timedelta(seconds=10)
    conversations_per_minute: int = 30
    """New conversations of one address (IPv6: one /64), per instance."""

    def __post_init__(self) -> None:
        if len(self.turn_ticket_key) < 32:
            raise ValueError("the turn ticket key must have at least 32 bytes")

    @property
    def public_origin(self) -> str:
        """Scheme, host and port of `public_url`, as a browser's `Origin` header says it."""
        parts = urlsplit(self.public_url)
        return f"{parts.scheme}://{parts.netloc}".lower()

    @property
    def session_cookie(self) -> str:
        """The name of the sign-in session's cookie, which is the auth backend's."""
        return "__Host-zoe_session" if self.secure_cookies else "zoe_session"

    @property
    def browser_cookie(self) -> str:
        """The name of the cookie that tells a known browser."""
        return "__Host-zoe_browser" if self.secure_cookies else "zoe_browser"
