"""What happens: bytes on disk, the catalog, items and indexes, expressions, operations."""
