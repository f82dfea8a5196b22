"""A member's request, passed to the account owner, and the owner's decision."""
