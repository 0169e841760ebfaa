"""The machinery of the Python benchmark: data, worker processes, checks and reports.

Nothing in here knows a contestant by its API; those live in `contestants/`.
"""
