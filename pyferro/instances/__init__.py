"""What is known of one instance beside its fields, and what happens around it."""
