"""Work that is done once and in order for each conversation: queue, worker, and what is asked of the bot."""
