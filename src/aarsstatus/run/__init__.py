"""Run other programs and notebooks, and keep temporary files."""
