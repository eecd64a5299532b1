"""How a plan reads a table: by which keys, in which order."""
