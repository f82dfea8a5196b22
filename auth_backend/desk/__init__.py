"""Who may sit at the support desk."""
