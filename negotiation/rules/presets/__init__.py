"""The rules that are shipped, each a JSON file beside this one."""

import json
from functools import cache
from importlib.resources import files
from typing import Any


def presets() -> dict[str, dict[str, Any]]:
    """Code → rule document, a copy of one's own."""
    return {code: json.loads(text) for code, text in _texts().items()}


def preset(code: str) -> dict[str, Any]:
    """One rule document. Raises KeyError."""
    return dict(json.loads(_texts()[code]))


@cache
def _texts() -> dict[str, str]:
    found = sorted(item.name for item in files(__name__).iterdir() if item.name.endswith(".json"))
    return {name.removesuffix(".json"): files(__name__).joinpath(name).read_text("utf-8") for name in found}
