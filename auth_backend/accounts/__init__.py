"""Accounts, users, owners, passwords."""
