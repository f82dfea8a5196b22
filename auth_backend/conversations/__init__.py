"""What the guard knows of a chat: its browser, its session."""
