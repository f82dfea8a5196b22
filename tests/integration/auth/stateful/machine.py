"""The machine: every operation, by anybody, in any order, over the real services; invariants after every act."""

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
