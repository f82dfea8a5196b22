"""Zoe's custom actions: they ask the auth backend and say, in Rasa's terms, what comes next. They decide nothing."""
