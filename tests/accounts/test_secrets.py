"""Secrets are made once, whole, for their owner's eyes."""

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from accounts.secrets import secret


def test_secret_is_made_once_with_mode_0600(tmp_path: Path) -> None:
    file = tmp_path / "var" / "key"
    value = secret(file)
    assert len(value) >= 60 and secret(file) == value
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert list(file.parent.iterdir()) == [file]


def test_many_at_once_agree(tmp_path: Path) -> None:
    file = tmp_path / "key"
    with ThreadPoolExecutor(16) as pool:
        values = set(pool.map(lambda _n: secret(file), range(64)))
    assert len(values) == 1


def test_two_installations_have_two_secrets(tmp_path: Path) -> None:
    assert secret(tmp_path / "one") != secret(tmp_path / "two")
