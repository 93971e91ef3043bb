"""Phone numbers as people write them."""

import re

NUMBER = re.compile(r"\+?\d{6,15}", re.ASCII)


def bare(text: str) -> str:
    """Without spaces, dashes and brackets."""
    return re.sub(r"[\s\-()]", "", text)


def is_number(text: str) -> bool:
    """Whether the bare text is a phone number."""
    return NUMBER.fullmatch(text) is not None
