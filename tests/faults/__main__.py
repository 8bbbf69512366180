"""``PYTHONPATH=tests python -m faults``: run a campaign."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from faults.campaign import main

if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="faults", description="Kill builds at random moments, and see what is left.")
    parser.add_argument("--seed", type=int, default=8)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--first", type=int, default=0, help="the number of the first kill")
    parser.add_argument("--seconds", type=float, default=float("inf"), help="begin no kill after so long")
    parser.add_argument("--log", type=Path, help="append every outcome to this file, a JSON object a line")
    given = parser.parse_args()
    sys.exit(main(given.seed, given.first, given.kills, given.seconds, given.log))
