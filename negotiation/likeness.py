"""Groups of like comments, by the words in them: a method that can be said in a few sentences and decides nothing.

Each text is cut into pairs of neighbouring characters. A pair weighs the more, the fewer texts hold it:
(1 + ln tf) · (ln((1 + n) / (1 + df)) + 1). Two texts are like each other by the cosine of their weights, from 0 to 1.
Groups are joined step by step, always the two whose members are like each other most on average, until the next two
would be less like than LIKE. The same texts in the same order always give the same groups.
"""

from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.sparse import csr_array

from negotiation.searching import fold

LIKE = 0.25
MOST = 3_000  # texts: their distances take 36 MB, the groups a few seconds
WORDS = 5


def like_groups(texts: Sequence[str]) -> list[list[int]]:
    """Places of texts that are like each other, the largest group first; texts that are like no other are left out."""
    if len(texts) < 2:
        return []
    near = likeness(texts)
    far = 1.0 - near[np.triu_indices(len(texts), 1)]
    labels = fcluster(linkage(np.clip(far, 0.0, 1.0), "average"), 1.0 - LIKE, "distance")
    groups: dict[int, list[int]] = {}
    for place, label in enumerate(labels):
        groups.setdefault(int(label), []).append(place)
    return sorted((group for group in groups.values() if len(group) > 1), key=lambda group: (-len(group), group))


def likeness(texts: Sequence[str]) -> NDArray[np.float64]:
    """The cosine of each two texts; a text without pairs is like none, and not like itself."""
    weights, _pairs = _weighed(texts)
    return np.asarray((weights @ weights.T).todense())


def common_words(texts: Sequence[str], every: Sequence[str]) -> list[str]:
    """The pairs of characters that set these texts apart from all, the weightiest first, joined where they overlap."""
    weights, pairs = _weighed([*texts, *every])
    mean = np.asarray(weights[: len(texts)].mean(axis=0)).ravel()
    most = [pairs[place] for place in np.argsort(-mean, kind="stable")[: 2 * WORDS] if mean[place] > 0]
    return _joined(most, texts)[:WORDS]


def _weighed(texts: Sequence[str]) -> tuple[csr_array, list[str]]:
    """One row of unit length for each text, one column for each pair of characters, and the pairs."""
    counts = [Counter(_pairs_of(text)) for text in texts]
    pairs = sorted(set().union(*counts))
    place = {pair: number for number, pair in enumerate(pairs)}
    rows = np.repeat(np.arange(len(texts)), [len(count) for count in counts])
    columns = np.array([place[pair] for count in counts for pair in count], dtype=np.int64)
    often = np.array([number for count in counts for number in count.values()], dtype=np.float64)
    held = np.bincount(columns, minlength=max(len(pairs), 1))
    weights = (1 + np.log(often)) * (np.log((1 + len(texts)) / (1 + held[columns])) + 1)
    lengths = np.sqrt(np.bincount(rows, weights**2, minlength=len(texts)))
    shape = (len(texts), max(len(pairs), 1))
    return csr_array((weights / lengths[rows], (rows, columns)), shape=shape), pairs


def _pairs_of(text: str) -> list[str]:
    """Pairs of neighbours inside words, without punctuation."""
    words = "".join(letter if letter.isalnum() else " " for letter in fold(text)).split()
    return [word[place : place + 2] for word in words for place in range(len(word) - 1)]


def _joined(pairs: Sequence[str], texts: Sequence[str]) -> list[str]:
    """`电梯` and `梯加` become `电梯加` where a text has it so."""
    whole, left = "\n".join(map(fold, texts)), list(pairs)
    words: list[str] = []
    while left:
        word = left.pop(0)
        while found := next((pair for pair in left if word[-1] == pair[0] and word + pair[1:] in whole), None):
            word += found[1:]
            left.remove(found)
        words.append(word)
    return words
