"""What a person changes of their own sign-in: the password, the registered e-mail, the second notice address."""
