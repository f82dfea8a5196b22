"""The reset, from claim to execution, and its guard."""
