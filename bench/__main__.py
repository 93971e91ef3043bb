"""`python -m bench [NAME …]`, with DATABASE_URL and REDIS_URL naming running servers; `make bench` starts some."""

import argparse
import importlib
import platform
import time

import psutil

NAMES = ("scoring", "mediator", "tally", "votes", "voting", "log", "talk", "server", "listeners", "screens")


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(NAMES)}; all if none is given")
    names = parser.parse_args().names or NAMES
    if unknown := sorted(set(names) - set(NAMES)):
        parser.error(f"there is no benchmark {', '.join(unknown)}")
    print(f"Python {platform.python_version()}, {psutil.cpu_count()} processors, load {psutil.getloadavg()[0]:.1f}")
    for name in names:
        start = time.perf_counter()
        print(f"\n== {name}", flush=True)
        importlib.import_module(f"bench.{name}").main()
        print(f"-- {name} took {time.perf_counter() - start:.0f} s", flush=True)


if __name__ == "__main__":
    main()
