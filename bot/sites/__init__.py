"""Foreign sites that may embed the chat: who they are, and what browsers are told about them."""
