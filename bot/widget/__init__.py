"""The chat client: plain ES modules and their style sheet, and how they travel."""
