"""The help centre: articles in sections, search, feedback."""
