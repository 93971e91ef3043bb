"""The code on a ballot paper finds every slip of one letter."""

import pytest

from accounts.codes import ALPHABET
from accounts.refusals import Invalid
from negotiation.papercodes import paper_code, read_paper_code


@pytest.mark.parametrize("number", [1, 22, 5_153_631, 5_153_632, 2**40])
def test_code_is_read_as_it_was_written(number: int) -> None:
    assert read_paper_code(paper_code(number)) == number


@pytest.mark.parametrize("number", [1, 229, 40_000])
def test_code_may_be_typed_in_small_or_wide_letters_without_strokes(number: int) -> None:
    code = paper_code(number)
    wide = "".join(chr(ord(letter) + 0xFEE0) if letter != "-" else " " for letter in code)
    assert read_paper_code(code.lower().replace("-", "")) == read_paper_code(wide) == number


def test_codes_of_small_numbers_have_six_letters_in_two_groups() -> None:
    assert {len(paper_code(number)) for number in range(1, 3000)} == {7}


def test_every_wrong_letter_is_found() -> None:
    letters = paper_code(31_415).replace("-", "")
    for place, right in enumerate(letters):
        for wrong in set(ALPHABET) - {right}:
            with pytest.raises(Invalid):
                read_paper_code(letters[:place] + wrong + letters[place + 1 :])


def test_every_exchange_of_neighbours_is_found() -> None:
    for number in range(1, 30_000, 7):
        letters = paper_code(number).replace("-", "")
        for place in range(len(letters) - 1):
            swapped = letters[:place] + letters[place + 1] + letters[place] + letters[place + 2 :]
            if swapped != letters:
                with pytest.raises(Invalid):
                    read_paper_code(swapped)


@pytest.mark.parametrize("code", ["", "333", "0" * 6, "333-33\x00", "3" * 200, "33333O", "3333UU"])
def test_what_is_no_code_is_refused(code: str) -> None:
    with pytest.raises(Invalid) as refusal:
        read_paper_code(code)
    assert set(refusal.value.fields) == {"code"}
