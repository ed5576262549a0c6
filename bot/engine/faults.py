"""Faults of our own, in a form fit for a log: kind and place, never the words, which may quote what people wrote."""

from traceback import extract_tb

INNERMOST = 4


def described(error: BaseException) -> dict[str, str]:
    """Return the kind of an error and the innermost places it passed."""
    frames = extract_tb(error.__traceback__)[-INNERMOST:]
    return {
        "error": type(error).__name__,
        "at": " > ".join(f"{frame.filename.rpartition('/')[2]}:{frame.lineno}" for frame in frames),
    }
