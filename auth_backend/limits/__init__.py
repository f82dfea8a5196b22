"""How often something may be tried or sent."""
