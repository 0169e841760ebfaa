"""Queries and whole statements in SQL, from their sources to their rows."""
