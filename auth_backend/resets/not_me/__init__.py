"""What a notice told, and how its reader disputes it or puts it off: this was not me."""
