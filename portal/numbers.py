"""A row's number, as an address or a form carries it."""


def number_of(text: str | None) -> int | None:
    """The number that is written there, of 15 digits at most; None where it is something else."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 16 else None
