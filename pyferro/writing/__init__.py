"""What changes rows: instances one by one and in bulk, rows, and what queries find."""
