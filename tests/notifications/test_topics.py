"""The words of what is told."""

import pytest
from django.utils import translation

from notifications.topics import words


@pytest.mark.parametrize(
    ("language", "day", "said"),
    [
        ("zh-hans", "2026-12-24", "2026年12月24日 将举行听证会。"),
        ("zh-hans", "2026-12-24 09:30", "2026年12月24日 09:30 将举行听证会。"),
        ("en", "2026-12-24 09:30", "A hearing is announced for 2026-12-24 09:30."),
    ],
)
def test_day_is_written_as_the_reader_does(language: str, day: str, said: str) -> None:
    with translation.override(language):
        assert words("hearing.announced", {"day": day}) == said
