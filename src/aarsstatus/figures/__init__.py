"""Hold every number of a notat in one table of figures, each with its lineage."""
