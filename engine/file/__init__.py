"""SQLite and the file: the only folder that knows apsw."""
