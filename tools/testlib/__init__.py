"""Running the project's tests and counting them: Meson's in `programs`, pytest's in `pytests`.

Counting is the point. A test that vanishes from the total is worse than one that fails, so
whatever cannot be counted (a crash, a time limit, a report that was not written) is a failure of
its own.
"""
