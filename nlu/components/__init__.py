"""Zoe's own Rasa graph components, named by module path in `config.yml`."""
