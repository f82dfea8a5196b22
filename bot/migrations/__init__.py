"""The history of the tables `bot_*`, run at start by `bot.db.upgrade`."""
