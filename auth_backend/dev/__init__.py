"""Conveniences of development; none of it exists with ZOE_ENV=production."""
