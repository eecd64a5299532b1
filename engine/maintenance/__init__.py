"""A file looked after: checked, copied, made anew, and rescued."""
