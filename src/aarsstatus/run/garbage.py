"""How often Python looks for garbage."""

import gc

__all__ = ["look_seldom"]

_OBJECTS = 1_000_000


def look_seldom() -> None:
    """Let Python look for garbage after a million new objects: as often as it does by itself takes a tenth of a build.

    What a year leaves behind is a fifth of that, so years on years need no more than a year does.
    """
    gc.set_threshold(_OBJECTS)
