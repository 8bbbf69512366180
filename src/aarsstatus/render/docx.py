"""Finish a DOCX from either engine: what Word expects and pandoc does not write."""

from __future__ import annotations

from pathlib import Path
from typing import Any

__all__ = ["finish"]


def finish(path: Path, metadata: dict[str, Any]) -> None:
    """Finish."""
