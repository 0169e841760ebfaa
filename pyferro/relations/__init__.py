"""Related rows: linked, loaded along, loaded afterwards."""
