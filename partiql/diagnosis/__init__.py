"""What the service says of a text that it does not carry out."""
