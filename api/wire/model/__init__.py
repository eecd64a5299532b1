"""The service's model of its requests: shapes, members, and what may be in them."""
