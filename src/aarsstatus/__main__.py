"""``python -m aarsstatus``."""

from aarsstatus.cli import main

main()
