"""Recovery codes: ten that get a person in without the phone, each once."""
