"""The machine: every operation, by anybody, in any order, over the real services; invariants after every act."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import structlog
from hypothesis.stateful import invariant

from tests.integration.auth.stateful.stories import Stories


class AuthMachine(Stories):
    """All of it. `Acts.doing` checks the invariants; here executed steps are counted."""

    def __init__(self) -> None:
        super().__init__()
        type(self).steps -= 1  # the check before the first step is none

    @invariant()
    def counted(self) -> None:
        """One more step."""
        type(self).steps += 1


@contextmanager
def only_errors_logged() -> Iterator[None]:
    """Tens of thousands of requests would fill the log; what failed on the server's side stays in it."""
    before = structlog.get_config()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    try:
        yield
    finally:
        structlog.configure(**before)
