"""`make verifier`: build/tongchou-verify.pyz, the verifier in a single file. Standard library only.

It takes from the platform what the wheel takes: the list is in verifier/pyproject.toml. The same sources give the same
bytes.
"""

import sys
import tomllib
import zipfile
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VERIFIER = ROOT / "verifier"
START = b"#!/usr/bin/env python3\n"
EARLY = (1980, 1, 1, 0, 0, 0)


def main(target: Path = ROOT / "build" / "tongchou-verify.pyz") -> int:
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("wb") as file:
        file.write(START)
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, source in sorted(sources()):
                archive.writestr(zipfile.ZipInfo(name, EARLY), source.read_bytes(), zipfile.ZIP_DEFLATED)
    target.chmod(0o755)
    print(target)
    return 0


def sources() -> Iterator[tuple[str, Path]]:
    """Name inside the file, and where it comes from."""
    wheel = tomllib.loads((VERIFIER / "pyproject.toml").read_text("utf-8"))["tool"]["hatch"]["build"]["targets"][
        "wheel"
    ]
    yield "__main__.py", VERIFIER / "src" / "tongchou_verify" / "__main__.py"
    for package in wheel["packages"]:
        yield from files(VERIFIER / package, Path(package).name)
    for origin, name in wheel["force-include"].items():
        yield from files(VERIFIER / origin, name)


def files(origin: Path, name: str) -> Iterator[tuple[str, Path]]:
    if origin.is_file():
        yield name, origin
        return
    for path in origin.rglob("*"):
        if path.is_file() and "__pycache__" not in path.parts:
            yield f"{name}/{path.relative_to(origin).as_posix()}", path


if __name__ == "__main__":
    raise SystemExit(main(*map(Path, sys.argv[1:])))
