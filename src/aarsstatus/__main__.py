"""``python -m aarsstatus``."""

import sys

if sys.version_info < (3, 11):  # noqa: UP036 - an older one can read no further than this
    print(f"Årsstatus kræver Python 3.11 eller nyere; {sys.executable} er {sys.version.split()[0]}", file=sys.stderr)
    sys.exit(2)

from aarsstatus.cli import main

main()
