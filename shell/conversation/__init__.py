"""A conversation: what is open, what is typed, and what becomes of it."""
