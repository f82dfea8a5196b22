"""From password to session."""
