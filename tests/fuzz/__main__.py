"""``PYTHONPATH=tests python -m fuzz``: run a campaign."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from fuzz import outputs
from fuzz.campaign import main

if __name__ == "__main__":  # a worker imports this module too
    parser = argparse.ArgumentParser(
        prog="fuzz", description="Try inputs that are wrong, and see that each is taken or refused as it should be."
    )
    parser.add_argument("--seed", type=int, default=8)
    parser.add_argument("--cases", type=int, default=10_000)
    parser.add_argument("--first", type=int, default=0, help="the number of the first case")
    parser.add_argument("--only", type=int, help="run this one case, and say what was changed")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--builds", type=int, default=0, help="how many of the cases to build whole as well")
    parser.add_argument("--only-builds", action="store_true", help="run those whole, and none of the cases in workers")
    parser.add_argument("--log", type=Path, help="append every outcome to this file, a JSON list a line")
    given = parser.parse_args()
    failed = main(
        given.seed, given.cases, given.first, given.only, given.workers, given.builds, given.log, given.only_builds
    )
    if given.only is None and not given.only_builds:
        failed |= bool(outputs.main(given.seed, given.cases))
    sys.exit(failed)
