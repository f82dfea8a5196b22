"""What `bot` and `actions` may ask over the internal port (docs/interfaces.md)."""
