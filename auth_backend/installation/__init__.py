"""What a database knows about the installation that it belongs to."""
