"""What is refused, and where it stands in the input."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Fault:
    """`path` as in ``$.votes[3].choice``; `code` is stable; `message` is for a reader."""

    path: str
    code: str
    message: str


class RuleRefused(ValueError):
    """A rule, or a count under one, that can not be taken as it stands. Names all faults found."""

    def __init__(self, faults: list[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("; ".join(f"{fault.path}: {fault.message}" for fault in faults))


class Faults:
    """Collects faults; `settle` raises if there are any."""

    def __init__(self) -> None:
        self.found: list[Fault] = []

    def add(self, path: str, code: str, message: str) -> None:
        self.found.append(Fault(path, code, message))

    def settle(self) -> None:
        if self.found:
            raise RuleRefused(self.found)
