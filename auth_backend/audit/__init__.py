"""The append-only, chained record of every change of security state."""
