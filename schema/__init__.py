"""What things are: values, numbers, sizes, limits, errors. Pure: no file, no clock, no SQLite."""
