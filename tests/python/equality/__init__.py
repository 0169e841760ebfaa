"""Random models and rows: what native code makes of them is what pydantic makes of them."""
