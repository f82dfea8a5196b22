"""What becomes of a yes: carried out now or when its time has come, or cancelled before."""
