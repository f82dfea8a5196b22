"""The database as every package here uses it: engines for SQLite and Postgres, and the columns both need."""
