"""The code on a ballot paper: one line of one ballot's roll, in letters that are hard to mistake, with a check letter.

It names and does not open anything: whoever reads it can do nothing with it.
"""

from django.utils.translation import gettext as _

from accounts.codes import ALPHABET, typed
from accounts.refusals import Invalid

BASE = len(ALPHABET)
CHECKS = ALPHABET + "U"  # one more, as the X of an ISBN: 23 is prime
RADIX = 5  # its powers are all different modulo 23
LEAST, GROUP = 5, 3


def paper_code(number: int) -> str:
    """The code of a number from 1 on, in groups of three: `333-34H`."""
    letters = ""
    while number or len(letters) < LEAST:
        number, digit = divmod(number, BASE)
        letters = ALPHABET[digit] + letters
    letters += CHECKS[(1 - _carried(letters)) % len(CHECKS)]
    return "-".join(letters[place : place + GROUP] for place in range(0, len(letters), GROUP))


def read_paper_code(code: str) -> int:
    """The number behind a typed or scanned code. Raises Invalid where a letter is wrong or two are exchanged."""
    letters = typed(code)
    body, check = letters[:-1], letters[-1:]
    if not LEAST <= len(body) <= 2 * LEAST or not set(body) <= set(ALPHABET) or check not in CHECKS:
        raise Invalid({"code": _("This is not the code of a ballot paper.")})
    if (_carried(body) + CHECKS.index(check)) % len(CHECKS) != 1:
        raise Invalid({"code": _("This code has a slip in it; compare it with the paper.")})
    number = 0
    for letter in body:
        number = number * BASE + ALPHABET.index(letter)
    return number


def _carried(letters: str) -> int:
    """A pure system as in ISO/IEC 7064: finds every wrong letter and every exchange of two neighbours."""
    carried = 0
    for letter in letters:
        carried = (carried + ALPHABET.index(letter)) * RADIX % len(CHECKS)
    return carried
