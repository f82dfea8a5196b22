"""Everything that leaves: e-mail, SMS, events to the chat."""
