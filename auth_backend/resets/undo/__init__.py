"""Undoing an executed reset: the password, a code of what was removed, and what comes back."""
