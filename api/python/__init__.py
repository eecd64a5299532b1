"""The Python door: databases, tables and items as Python values."""
