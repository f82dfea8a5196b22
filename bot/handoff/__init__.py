"""Who is in charge of a conversation, Zoe or a person, and how that changes."""
