"""What a table may be: the rules of its definition, and how it is described. Pure."""
