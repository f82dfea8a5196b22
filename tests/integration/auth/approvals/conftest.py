"""The world of the resets' tests."""

from tests.integration.auth.resets.conftest import lite, world

__all__ = ["lite", "world"]
