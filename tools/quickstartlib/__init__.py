"""Parts of tools/quickstart.py: the models, loading the data, and showing results."""
