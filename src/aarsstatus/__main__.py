"""Run the command ``aarsstatus``, also as ``python -m aarsstatus``.

Python answers Ctrl-C by showing what it was in the middle of. Until a run listens, and when it does no more, Ctrl-C
just ends the program; so this comes before anything else is loaded. But for one thing: Python puts the folder where
one stands before its own library, and a ``csv.py`` that somebody has there would be run.
"""

import sys

if __name__ == "__main__" and not getattr(sys.flags, "safe_path", False):
    del sys.path[0]

import signal

if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
    signal.signal(signal.SIGINT, signal.SIG_DFL)

if sys.version_info < (3, 11):  # noqa: UP036 - an older one can read no further than this
    print(f"Årsstatus kræver Python 3.11 eller nyere; {sys.executable} er {sys.version.split()[0]}", file=sys.stderr)
    sys.exit(2)

from aarsstatus.cli import main

__all__ = ["main"]

if __name__ == "__main__":
    main()
