"""Columns out of JSON rows, with a refusal that names the first faulty place.

Every reader takes ``where``, a function from a row's number to its JSON pointer, and looks for the faulty row only
after the fast check of the whole column has failed. All of them raise ScoringRefused, with the codes that each names.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Mapping, Sequence
from typing import Any

import numpy as np

from negotiation.scoring.exact import Exact, Indices, read_exact
from negotiation.scoring.refusal import ScoringRefused

Row = Mapping[str, Any]
Where = Callable[[int], str]

_DECIMAL = re.compile(r"-?[0-9]{1,18}(?:\.[0-9]{1,30})?")
_DECIMALS = re.compile(rf"(?:{_DECIMAL.pattern}\n)*")


def get(row: Row, key: str, path: str) -> Any:
    """Read one required key of an object. Refuses ``not_an_object``, ``missing``."""
    if not isinstance(row, Mapping):
        raise ScoringRefused(path, "not_an_object", "an object is expected here")
    if key not in row:
        raise ScoringRefused(f"{path}/{key}", "missing", f"the key {key!r} is missing")
    return row[key]


def get_object(row: Row, key: str, path: str) -> Row:
    """Read one required key that holds an object. Refuses ``missing``, ``not_an_object``."""
    found = get(row, key, path)
    if not isinstance(found, dict):
        raise ScoringRefused(f"{path}/{key}", "not_an_object", "an object is expected here")
    return found


def get_rows(row: Row, key: str, path: str) -> list[Row]:
    """Read one required key that holds a list of objects. Refuses ``missing``, ``not_a_list``, ``not_an_object``."""
    found = get(row, key, path)
    if not isinstance(found, list):
        raise ScoringRefused(f"{path}/{key}", "not_a_list", "a list is expected here")
    if set(map(type, found)) <= {dict}:
        return found
    for place, entry in enumerate(found):
        if not isinstance(entry, dict):
            raise ScoringRefused(f"{path}/{key}/{place}", "not_an_object", "an object is expected here")
    return found


def get_optional_rows(row: Row, key: str, path: str) -> list[Row]:
    """Read a list of objects that may be left out, then empty. Refuses as `get_rows`."""
    return get_rows(row, key, path) if key in row else []


def read_texts(rows: Sequence[Row], key: str, where: Where) -> list[str]:
    """Read a column of codes or words. Refuses ``missing``, ``not_a_code``."""
    texts: list[Any] = [row.get(key) for row in rows]
    if set(map(type, texts)) <= {str}:
        return texts
    place = next(place for place, text in enumerate(texts) if type(text) is not str)
    _refuse_absent(rows[place], key, where(place))
    raise ScoringRefused(f"{where(place)}/{key}", "not_a_code", "a text is expected here")


def read_choices(rows: Sequence[Row], key: str, where: Where, choices: Sequence[str]) -> list[str]:
    """Read a column of words from a fixed list. Refuses as `read_texts`, and ``unknown_value``."""
    texts = read_texts(rows, key, where)
    if set(texts) <= set(choices):
        return texts
    place = next(place for place, text in enumerate(texts) if text not in choices)
    raise ScoringRefused(f"{where(place)}/{key}", "unknown_value", f"{texts[place]!r} is not one of {list(choices)}")


def read_index(texts: Sequence[str], key: str, where: Where, known: Mapping[str, int]) -> Indices:
    """Turn codes into their numbers. Shape (n,). Refuses ``unknown_code``."""
    found = [known.get(text, -1) for text in texts]
    if -1 in found:
        place = found.index(-1)
        raise ScoringRefused(f"{where(place)}/{key}", "unknown_code", f"the code {texts[place]!r} is not in the case")
    return np.array(found, dtype=np.intp)


def read_decimals(rows: Sequence[Row], key: str, where: Where, *, least: int = 0, strict: bool = False) -> Exact:
    """Read a column of decimal texts that are at least ``least``, or above it when ``strict``.

    Refuses ``missing``, ``not_a_decimal``, ``negative``, ``not_positive``.
    """
    texts: list[Any] = [row.get(key) for row in rows]
    if not _all_decimals(texts):
        _refuse_decimal(rows, key, where)
    column = read_exact(texts)
    low = column.values <= least if strict else column.values < least
    if low.any():
        code, word = ("not_positive", "above") if strict else ("negative", "at least")
        raise ScoringRefused(f"{where(int(low.argmax()))}/{key}", code, f"the amount must be {word} {least}")
    return column


def read_decimal(row: Row, key: str, path: str) -> str:
    """Read one decimal text of any sign, as it is written. Refuses ``missing``, ``not_a_decimal``."""
    text = get(row, key, path)
    if not isinstance(text, str) or not _DECIMAL.fullmatch(text):
        raise ScoringRefused(f"{path}/{key}", "not_a_decimal", _explain(text))
    return text


def get_known(row: Row, key: str, path: str, known: Container[str]) -> str:
    """Read one required code that must be known. Refuses ``missing``, ``unknown_code``."""
    code: object = get(row, key, path)
    if not isinstance(code, str) or code not in known:
        raise ScoringRefused(f"{path}/{key}", "unknown_code", f"the code {code!r:.60} is not in the case")
    return code


def read_years(rows: Sequence[Row], where: Where, years: int) -> Indices:
    """Read the column ``year``: whole years from 0 to years − 1. Shape (n,). Refuses ``missing``, ``year_outside``."""
    found = [row.get("year") for row in rows]
    for place, year in enumerate(found):
        if type(year) is not int or not 0 <= year < years:
            _refuse_absent(rows[place], "year", where(place))
            raise ScoringRefused(f"{where(place)}/year", "year_outside", f"the year must be from 0 to {years - 1}")
    return np.array(found, dtype=np.intp)


def index_codes(codes: Sequence[str], key: str, where: Where) -> dict[str, int]:
    """Number the codes in their sorted order. Refuses ``duplicate``."""
    seen: set[str] = set()
    for place, code in enumerate(codes):
        if code in seen:
            raise ScoringRefused(f"{where(place)}/{key}", "duplicate", f"the code {code!r} comes twice")
        seen.add(code)
    return {code: number for number, code in enumerate(sorted(codes))}


def below(path: str) -> Where:
    """Name the rows of a list by their JSON pointers."""
    return lambda place: f"{path}/{place}"


def listed(path: str, key: str, places: Sequence[int]) -> Where:
    """Name rows gathered from the lists ``key`` of several rows below a path; ``places`` is each one's row."""
    return lambda row: f"{path}/{places[row]}/{key}/{row - places.index(places[row])}"


def _all_decimals(texts: Sequence[Any]) -> bool:
    """Check a whole column in one pass of the pattern."""
    if not set(map(type, texts)) <= {str}:
        return False
    lines = "\n".join([*texts, ""])
    return lines.count("\n") == len(texts) and _DECIMALS.fullmatch(lines) is not None


def _refuse_decimal(rows: Sequence[Row], key: str, where: Where) -> None:
    for place, row in enumerate(rows):
        _refuse_absent(row, key, where(place))
        read_decimal(row, key, where(place))


def _refuse_absent(row: Row, key: str, path: str) -> None:
    if key not in row:
        raise ScoringRefused(f"{path}/{key}", "missing", f"the key {key!r} is missing")


def _explain(found: object) -> str:
    return f"a decimal written as text is expected here, at most 18 digits before the point, not {found!r:.40}"
