"""The closed lists of words that ordinary sentences are made of, one file a language, not a dictionary."""
