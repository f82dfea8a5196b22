"""One-time codes: where one is issued and where one is accepted."""
