"""The SHA-256 of files, computed in a thread of its own while they are read.

It begins before anything heavy is imported: loading polars takes one core, and a file of a gigabyte takes about as
long to hash.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from threading import Event
from types import TracebackType
from typing import Self

from aarsstatus import interruption
from aarsstatus.files import irregular

__all__ = ["Digests"]

_PIECE = 4 << 20


class Digests:
    """The SHA-256 of some files; used with ``with``, at the end of which what is not yet done is left undone."""

    def __init__(self, paths: Iterable[Path]) -> None:
        self._stop = Event()
        self._pool = ThreadPoolExecutor(1)
        self._found: dict[Path, Future[str]] = {path: self._pool.submit(self._sha256, path) for path in paths}

    def of(self, path: Path) -> str:
        """Return the SHA-256 of a file's bytes in hexadecimal; waits for it.

        Raises
        ------
        OSError
            If the file cannot be read.
        """
        return interruption.result(self._found[path])

    def _sha256(self, path: Path) -> str:
        digest = hashlib.sha256()
        if irregular(path) is None:  # else whoever reads it says what it is; a pipe would never end
            with path.open("rb", buffering=0) as raw:
                while not self._stop.is_set() and (piece := raw.read(_PIECE)):
                    digest.update(piece)
        return digest.hexdigest()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._stop.set()
        self._pool.shutdown(cancel_futures=True)
