"""Make the yearly notat on jobs on special terms from data, every number proved.

Importing the package costs nothing: the modules that need pandas or matplotlib are loaded where they are used.
"""

__all__ = ["__version__"]

__version__ = "0.1.0"
