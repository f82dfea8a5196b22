"""What people are called: one printable line. Pure."""

MAX_NAME = 100


def one_line(raw: str, longest: int = MAX_NAME) -> str | None:
    """`raw` with single spaces; None for nothing, for too much, and for what can't be printed.

    That is controls, and marks that turn the direction of the writing.
    """
    text = " ".join(raw.split())
    return text if text and len(text) <= longest and text.isprintable() else None
