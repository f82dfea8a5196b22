"""The chat: Direct Line server, Bot Framework adapter and bot, redaction, router, moments, chat events."""
