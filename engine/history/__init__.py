"""The memory of what happened: the change log, the streams over it, and how long it is kept."""
