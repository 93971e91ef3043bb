"""The tree of proposals: packages under what they answer, each with its revisions in a row."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet

from negotiation.models import Ballot, JointProposer, Revision
from negotiation.permissions import Viewer
from negotiation.queries.changes import readable
from negotiation.queries.joint import together
from negotiation.queries.packages import JOINT
from negotiation.voting import FAILED

PER_PAGE = 12


@dataclass(frozen=True)
class Leaf:
    """One revision. `answers` names the revision that it answers; `ballot` is empty, vote, passed or failed."""

    number: int
    title: str
    at: datetime
    answers: str
    withdrawn: bool
    ballot: str


@dataclass
class Node:
    """One package, the latest of its revisions last. `deeper` and `closes` are how the list goes on after it."""

    code: str
    proposer: str
    leaves: list[Leaf]
    depth: int = 0
    deeper: bool = False
    closes: range = field(default_factory=lambda: range(0))

    @property
    def latest(self) -> Leaf:
        return self.leaves[-1]

    @property
    def parent(self) -> str:
        """Code of the package that it answers, by the last of its revisions that answers one."""
        named = [leaf.answers for leaf in self.leaves if leaf.answers]
        return named[-1].rpartition(".")[0] if named else ""


def tree_page(viewer: Viewer, number: str | None) -> "Page[Any]":
    """One page of the packages that answer none, each with all that answer it, in the order of a nested list."""
    nodes = read_nodes(viewer)
    trees: list[list[Node]] = []
    for node in unfold(nodes):
        if node.depth == 0:
            trees.append([])
        trees[-1].append(node)
    page: Page[Any] = Paginator(trees, PER_PAGE).get_page(number)
    page.object_list = [node for one in page.object_list for node in nested(one)]
    return page


def read_nodes(viewer: Viewer) -> dict[str, Node]:
    """Code → package, in the order in which they were begun. Four statements."""
    states, joint = _ballots(viewer), _joint(viewer)
    columns = ("package__code", "package__proposer__code", "number", "title", "submitted_at")
    columns += ("parent__package__code", "parent__number", "withdrawal", "pk")  # type: ignore[assignment]
    nodes: dict[str, Node] = {}
    for row in readable(viewer).order_by("package", "number").values_list(*columns):
        code, proposer, number, title, at, parent, parent_number, withdrawal, key = row
        node = nodes.setdefault(code, Node(code, "", []))
        node.proposer = together([viewer.code_label(name) for name in (proposer, *joint[key])])
        answers = f"{parent}.{parent_number}" if parent else ""
        node.leaves.append(Leaf(number, title, at, answers, withdrawal is not None, states.get(key, "")))
    return nodes


def _joint(viewer: Viewer) -> dict[int, list[str]]:
    """Revision → codes of the parties that propose it with the package's own."""
    rows = JointProposer.objects.filter(revision__package__room=viewer.room, withdrawn_at=None)
    found = defaultdict(list)
    for revision, code in rows.order_by("party__code").values_list("revision", "party__code"):
        found[revision].append(code)
    return found


def _ballots(viewer: Viewer) -> dict[int, str]:
    """Revision → how the last vote on it stands."""
    rows = Ballot.objects.filter(room=viewer.room).order_by("pk")
    return {
        revision: "vote" if state != Ballot.State.DECIDED else "failed" if outcome in FAILED else outcome
        for revision, state, outcome in rows.values_list("revision", "state", "decision__outcome")
    }


def unfold(nodes: dict[str, Node]) -> Iterator[Node]:
    """Every package once, each right after what it answers and all that stands under that before it.

    Packages that answer each other in a circle are unfolded from the first of them.
    """
    below: dict[str, list[Node]] = defaultdict(list)
    for node in nodes.values():
        below[node.parent if node.parent in nodes else ""].append(node)
    seen: set[str] = set()
    for first in [*below[""], *nodes.values()]:
        waiting = [(first, 0)]
        while waiting:
            node, depth = waiting.pop()
            if node.code in seen:
                continue
            seen.add(node.code)
            node.depth = depth
            yield node
            waiting += [(child, depth + 1) for child in reversed(below[node.code])]


def nested(nodes: list[Node]) -> list[Node]:
    """The nodes told how a nested list goes on after each: a list inside, or how many lists end."""
    following = [*(node.depth for node in nodes[1:]), 0]
    for node, after in zip(nodes, following, strict=False):
        node.deeper = after > node.depth
        node.closes = range(max(node.depth - after, 0))
    return nodes


def edges(viewer: Viewer) -> QuerySet[Revision]:
    """Every revision with what it answers and how it stands."""
    related = ("package__proposer", "parent__package", "withdrawal")
    return readable(viewer).select_related(*related).prefetch_related(JOINT)
