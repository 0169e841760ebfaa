"""Databases and what happens on them: connections, transactions, operations, events, definitions."""
