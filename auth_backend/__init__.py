"""Accounts, factors, login, enrolment and the reset's guard. Knows nothing of chat, Rasa or bots."""
