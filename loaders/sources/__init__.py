"""One file per provider: ``requests(...)`` says what to ask, ``parse(raw, row)`` turns bytes into xarray."""
