"""Expressions: what stands within a query, put together as the bytes of a plan."""
