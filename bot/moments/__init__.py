"""The sentences that ask for a code, lead to a page or ask for the confirmation, rendered from backend facts in
three languages.
"""
