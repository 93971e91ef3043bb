"""RFC 8785: a line is read only if it is its own canonical form, byte for byte.

That one comparison refuses spaces, another order of keys, a key twice, other escapes and other spellings of numbers.
"""

import json
import math
import re
from collections.abc import Iterator
from decimal import Decimal
from json import encoder
from typing import Any, NoReturn

from tongchou_verify.faults import Fault

DEEPEST = 64
LARGEST = 2**53 - 1  # beyond it a JSON number is no longer exact
ESCAPES = {'"': '\\"', "\\": "\\\\", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
NEEDS_ESCAPE = re.compile(r'[\x00-\x1f"\\]')
# Beyond this character Python's order of texts is no longer that of their UTF-16 units.
BASIC = "\ud7ff"


class _NotPlain(Exception):
    """The line has a number with a fraction, an exponent or many digits: it takes the long way."""


def _long_way(_number: str) -> NoReturn:
    raise _NotPlain


def _short(number: str) -> int:
    return int(number) if len(number) < 16 else _long_way(number)


def _no_constant(name: str) -> NoReturn:
    raise Fault(f"{name} is no JSON")


_PLAIN = json.JSONDecoder(parse_int=_short, parse_float=_long_way, parse_constant=_no_constant)
_FULL = json.JSONDecoder(parse_constant=_no_constant)
_WRITER = json.JSONEncoder(
    ensure_ascii=False, check_circular=False, allow_nan=False, sort_keys=True, separators=(",", ":")
)
# The library's own writer and reader, without what it does anew for each text, which takes longer than the rest.
_MAKE = vars(encoder)["c_make_encoder"]
_CHUNKS = _MAKE and _MAKE(None, _WRITER.default, encoder.encode_basestring, None, ":", ",", True, False, False)
_SCAN = vars(_PLAIN)["scan_once"]


def read(line: bytes) -> Any:
    """The value of a canonical line. Raises Fault."""
    try:
        text = line.decode()
    except UnicodeDecodeError as error:
        raise Fault(f"byte {error.start}: not UTF-8") from None
    return read_text(text)


def read_text(text: str, deepest: int = DEEPEST) -> Any:
    """The value of a canonical text. Raises Fault."""
    try:
        value, again = _read(text, deepest)
    except RecursionError:
        raise Fault(f"nested deeper than {deepest}") from None
    except ValueError as error:
        raise Fault(f"not JSON: {error}") from None
    if again != text:
        raise Fault(_difference(text, again))
    return value


def _read(text: str, deepest: int) -> tuple[Any, str]:
    """The value and its canonical form, by the library's own writer where that writes the same."""
    if text.isascii() or max(text) <= BASIC:
        try:
            value = _decode(text)
        except _NotPlain:
            pass
        else:
            _check_depth(text, value, deepest)
            return value, "".join(_CHUNKS(value, 0)) if _CHUNKS else _WRITER.encode(value)
    value = _FULL.decode(text)
    _check_depth(text, value, deepest)
    return value, write(value)


def _decode(text: str) -> Any:
    """Without looking for white space around the value: a canonical line has none. Else the library says why not."""
    try:
        value, end = _SCAN(text, 0)
    except StopIteration:
        end = -1
    return value if end == len(text) else _PLAIN.decode(text)


def _check_depth(text: str, value: Any, deepest: int) -> None:
    # Each level takes two characters at least.
    if len(text) > 2 * deepest and text.count("[") + text.count("{") > deepest and _depth(value) > deepest:
        raise Fault(f"nested deeper than {deepest}")


def _depth(value: Any) -> int:
    level, deep = [value], 0
    while level:
        deep += any(isinstance(item, dict | list) for item in level)
        level = [part for item in level for part in _parts(item)]
    return deep


def _parts(value: Any) -> Iterator[Any]:
    return iter(value.values() if isinstance(value, dict) else value if isinstance(value, list) else ())


def write(value: Any) -> str:
    """RFC 8785, from the letter of the text. Raises Fault for what it can not say."""
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, str):
        return f'"{NEEDS_ESCAPE.sub(_escape, value)}"'
    if isinstance(value, int | float):
        return number(value)
    if isinstance(value, list):
        return f"[{','.join(map(write, value))}]"
    rows = sorted(value.items(), key=lambda item: item[0].encode("utf-16-be", "surrogatepass"))
    return "{" + ",".join(f"{write(key)}:{write(item)}" for key, item in rows) + "}"


def _escape(found: re.Match[str]) -> str:
    return ESCAPES.get(found[0]) or f"\\u{ord(found[0]):04x}"


def number(value: int | float) -> str:
    """As ECMAScript writes it: the shortest digits that give the number back, an exponent from 1e21 and below 1e-6."""
    if isinstance(value, int) and abs(value) <= LARGEST:
        return str(value)
    try:
        real = float(value)
    except OverflowError:
        real = math.inf
    if math.isinf(real):
        raise Fault("a number is too large")
    return _spell(*Decimal(repr(real)).normalize().as_tuple()) if real else "0"


def _spell(sign: int, digits: tuple[int, ...], exponent: Any) -> str:
    text, point = "".join(map(str, digits)), len(digits) + int(exponent)
    if 0 < point <= 21:
        whole, rest = text[:point].ljust(point, "0"), text[point:]
        shown = f"{whole}.{rest}" if rest else whole
    elif -6 < point <= 0:
        shown = f"0.{'0' * -point}{text}"
    else:
        mantissa = f"{text[0]}.{text[1:]}" if len(text) > 1 else text
        shown = f"{mantissa}e{'+' if point > 0 else '-'}{abs(point - 1)}"
    return f"-{shown}" if sign else shown


def _difference(got: str, want: str) -> str:
    place = next((n for n, (a, b) in enumerate(zip(got, want, strict=False)) if a != b), min(len(got), len(want)))
    cut = slice(max(place - 10, 0), place + 20)
    return f"not canonical at character {place}: got {got[cut]!a}, want {want[cut]!a}"
