"""What a model says of its table: columns, keys, relations, constraints."""
