"""A forgotten password: a mailed code and one thing more."""
