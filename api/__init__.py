"""The doors: Python values, the wire's JSON, statements, and HTTP."""
