"""Schulze's method: an order of candidates from ranked ballots.

M. Schulze, "A new monotonic, clone-independent, reversal symmetric, and Condorcet-consistent single-winner election
method", Social Choice and Welfare 36 (2011); strength of a link = winning votes, as the paper recommends.
"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import permutations, product

Ballot = Mapping[str, int]  # candidate → rank, 1 is best; equal ranks are equal, who is not named comes last
Pairs = dict[tuple[str, str], int]


def pairwise(candidates: Sequence[str], ballots: Iterable[Ballot]) -> Pairs:
    """(a, b) → how many ballots rank a strictly above b."""
    found = dict.fromkeys(permutations(candidates, 2), 0)
    for ballot in ballots:
        for above, below in found:
            if above in ballot and ballot[above] < ballot.get(below, ballot[above] + 1):
                found[above, below] += 1
    return found


def strengths(candidates: Sequence[str], pairs: Pairs) -> Pairs:
    """(a, b) → strength of the strongest path from a to b: the most that its weakest link can be. 0: there is none."""
    found = {(a, b): votes if votes > pairs[b, a] else 0 for (a, b), votes in pairs.items()}
    for middle, a, b in product(candidates, repeat=3):
        if len({middle, a, b}) == 3:
            found[a, b] = max(found[a, b], min(found[a, middle], found[middle, b]))
    return found


def order(candidates: Sequence[str], ballots: Iterable[Ballot]) -> list[list[str]]:
    """The candidates in steps, the best first: each step holds those whom none of the rest beats by stronger paths."""
    paths = strengths(candidates, pairwise(candidates, ballots))
    steps, rest = [], list(candidates)
    while rest:
        best = [a for a in rest if all(paths[a, b] >= paths[b, a] for b in rest if b != a)]
        steps.append(best)
        rest = [a for a in rest if a not in best]
    return steps
