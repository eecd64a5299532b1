"""A plan described instead of run."""
