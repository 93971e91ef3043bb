"""Every string of the interface is in the Chinese catalogue, translated; nothing in it is left over. Needs gettext."""

import re
import subprocess
import sys
from pathlib import Path

from babel.messages.catalog import Message
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parent.parent
CATALOGUE = Path("locale/zh_Hans/LC_MESSAGES/django.po")
IGNORED = ("node_modules/*", "var/*", ".venv/*", "tests/*")


def main() -> int:
    written = messages(ROOT / CATALOGUE)
    needed = extracted()
    faults = [f"not in the catalogue: {key[1]}" for key in needed.keys() - written.keys()]
    faults += [f"no longer used: {key[1]}" for key in written.keys() - needed.keys()]
    faults += [f"not translated: {key[1]}" for key, message in written.items() if not whole(message)]
    faults += [f"out of sight of the extraction, inside an f-string: {place}" for place in unseen()]
    for fault in sorted(faults):
        print(fault, file=sys.stderr)
    return 1 if faults else 0


def messages(file: Path) -> dict[tuple[str, str], Message]:
    with file.open("rb") as source:
        rows = [row for row in read_po(source) if row.id]
    return {(row.context or "", first(row.id)): row for row in rows}


def first(value: str | tuple[str, ...] | list[str]) -> str:
    return value if isinstance(value, str) else value[0]


def whole(message: Message) -> bool:
    texts = [message.string] if isinstance(message.string, str) else list(message.string or ("",))
    return all(texts) and not message.fuzzy


def unseen() -> list[str]:
    """Lines that ask for a translation inside an f-string, where xgettext does not look."""
    files = [file for folder in ("negotiation", "units", "platform") for file in (ROOT / folder).rglob("*.py")]
    lines = ((file, line.strip()) for file in files for line in file.read_text(encoding="utf-8").splitlines())
    return [f"{file.relative_to(ROOT)}: {line}" for file, line in lines if re.search(r"\{(_|n?gettext)\(", line)]


def extracted() -> dict[tuple[str, str], Message]:
    """The messages that the sources hold now; the catalogue on disk stays as it is."""
    file = ROOT / CATALOGUE
    kept = file.read_bytes()
    command = [sys.executable, "manage.py", "makemessages", "--locale", "zh_Hans", "--no-location", "--verbosity", "0"]
    ignored = [part for name in IGNORED for part in ("--ignore", name)]
    try:
        subprocess.run([*command, *ignored], cwd=ROOT, check=True)
        return messages(file)
    finally:
        file.write_bytes(kept)


if __name__ == "__main__":
    raise SystemExit(main())
