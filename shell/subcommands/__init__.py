"""The commands of the command line that are not a conversation."""
