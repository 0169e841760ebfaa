"""Throw-away database servers for the tests: one module a server, and what they share in `process`.

Nothing here knows about tests; nothing outside the standard library is used, so that it runs
before .venv exists.
"""
