"""What a statement asks for, before any table is known."""
