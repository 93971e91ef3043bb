"""How text is found by words and parts of words, in Chinese and in letters: no dictionary, every part of a word counts.

A text is folded (NFKC, case, spaces) and cut into single characters and pairs of neighbours. Each piece is kept as a
number made of the room and the piece, so that an index over the numbers leads to one room's texts only. A search asks
for all its pieces, and then for the word itself in the folded text: that throws out what only shares a number.
"""

import unicodedata
from zlib import crc32

LONGEST = 100
HALF = 2**31


def fold(text: str) -> str:
    """The text as it is compared: width of letters, capitals and runs of spaces make no difference."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def pieces(word: str) -> set[str]:
    """The characters of a word, and its pairs of neighbours."""
    return {*word, *(word[place : place + 2] for place in range(len(word) - 1))}


def grams(room: int, text: str) -> list[int]:
    """The numbers of a text's pieces in a room, each a signed 32-bit integer."""
    found = set().union(*(pieces(word) for word in fold(text).split()))
    return sorted(_number(room, piece) for piece in found)


def asked(room: int, search: str) -> tuple[list[str], list[int]]:
    """The words of a search, and the numbers that a text must have to hold them all.

    Of a word of several characters its pairs are asked for; its single characters say nothing more.
    """
    words = fold(search[:LONGEST].replace("\x00", "")).split()
    needed = {piece for word in words for piece in pieces(word) if len(piece) == 2 or len(word) == 1}
    return words, sorted(_number(room, piece) for piece in needed)


def _number(room: int, piece: str) -> int:
    return (crc32(f"{room}:{piece}".encode("utf-8", "surrogatepass")) + HALF) % (2 * HALF) - HALF
