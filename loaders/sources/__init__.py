"""One file a provider, named by the row ``module``, with ``requests`` and ``parse``; enters a provider, and
in ``shared`` what several use.
"""
