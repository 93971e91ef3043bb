"""What is refused, and where it stands in the input."""

from collections.abc import Container, Mapping
from dataclasses import dataclass

from negotiation.places import Place, path


@dataclass(frozen=True)
class Fault:
    """`place` as in ("votes", 3, "choice"); `code` is stable; `message` is for a reader."""

    place: Place
    code: str
    message: str

    @property
    def path(self) -> str:
        """The place as in ``$.votes[3].choice``."""
        return path(self.place)


class RuleRefused(ValueError):
    """A rule, or a count under one, that can not be taken as it stands. Names all faults found."""

    def __init__(self, faults: list[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("; ".join(f"{fault.path}: {fault.message}" for fault in faults))


class Faults:
    """Collects faults; `settle` raises if there are any."""

    def __init__(self) -> None:
        self.found: list[Fault] = []

    def add(self, place: Place, code: str, message: str) -> None:
        self.found.append(Fault(place, code, message))

    def check_keys(self, place: Place, row: Mapping[str, object], known: Container[str]) -> None:
        """Every key of an object that is not known is a fault."""
        for key in row:
            if key not in known:
                self.add((*place, key), "unknown_key", "this key is not known")

    def settle(self) -> None:
        if self.found:
            raise RuleRefused(self.found)
