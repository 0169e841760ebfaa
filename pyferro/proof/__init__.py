"""What pydantic would say of a row that native code has read, found once for each model."""
