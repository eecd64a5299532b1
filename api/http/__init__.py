"""The HTTP door: `ddblite serve`."""
