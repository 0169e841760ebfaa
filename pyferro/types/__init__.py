"""How Python's types are held in columns, and how values are written for them."""
