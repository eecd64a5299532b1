"""``Database.sql``: read-only SQL over the tables of a file, kept apart from PartiQL.

A statement is parsed by sqlglot (``statement``), which tells the tables and attributes that it
is about (``sources``) and the keys that it asks for (``pushdown``). Just these are copied, as of
one moment, into a SQLite database in memory (``loading``, ``values``), and SQLite answers
(``bridge``, ``result``). docs/sql.md is its manual.
"""
