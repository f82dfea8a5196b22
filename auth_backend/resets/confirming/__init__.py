"""The yes: its nonces, its record, and whether it has to wait."""
