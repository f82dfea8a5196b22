"""Claims and the two proofs that a requester gives: the mailed code and the password."""
