"""Run something with the services up.

`python -m embedded exec -- COMMAND …` runs one command; `python -m embedded serve` is `make run`.
"""

import argparse
import os
import subprocess
import sys
from pathlib import Path

from embedded.serve import serve
from embedded.services import ServiceError, owned, services

ROOT = Path.cwd()


def main() -> int:
    parser = argparse.ArgumentParser(prog="embedded", description=__doc__)
    parser.add_argument("--folder", type=Path, default=ROOT / "var", help="where the data is kept")
    actions = parser.add_subparsers(dest="action", required=True)
    run = actions.add_parser("exec")
    run.add_argument("command", nargs=argparse.REMAINDER)
    serving = actions.add_parser("serve")
    serving.add_argument("--port", type=int, default=int(os.environ.get("PORT", "8000")))
    arguments = parser.parse_args()
    try:
        with owned(arguments.folder):
            if arguments.action == "serve":
                return serve(arguments.folder, arguments.port)
            return execute(arguments.folder, [part for part in arguments.command if part != "--"])
    except ServiceError as error:
        print(f"tongchou: {error}", file=sys.stderr)  # noqa: T201
        return 2


def execute(folder: Path, command: list[str]) -> int:
    with services(folder) as environment:
        return subprocess.run(command, env=os.environ | environment).returncode  # noqa: S603


if __name__ == "__main__":
    raise SystemExit(main())
