"""Now: the one place where the project reads the clock, so that a test can set it."""

from datetime import UTC, datetime


def now() -> datetime:
    """This computer's time in UTC."""
    return datetime.now(UTC)
