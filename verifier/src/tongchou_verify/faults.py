"""What does not hold, and where."""


class Fault(Exception):
    """One thing that does not hold. `index` is that of the entry, `last` the end of a range of entries."""

    def __init__(self, what: str, index: int | None = None, last: int | None = None) -> None:
        super().__init__(what, index, last)
        self.what, self.index, self.last = what, index, last

    def __str__(self) -> str:
        if self.index is None:
            return self.what
        place = f"entry {self.index}" if self.last in (None, self.index) else f"entries {self.index} to {self.last}"
        return f"{place}: {self.what}"


def show(text: object, most: int = 80) -> str:
    """Foreign text for one line of a message: cut, and without anything that a terminal could act on."""
    shown = str(text)
    shown = shown if len(shown) <= most else shown[: most - 1] + "…"
    return shown if shown.isprintable() else ascii(shown)
