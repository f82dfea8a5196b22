"""Second factors: what they are, how they are checked and enrolled."""
