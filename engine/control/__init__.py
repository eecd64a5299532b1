"""The control plane: creating, changing and describing tables, and what hangs on them."""
