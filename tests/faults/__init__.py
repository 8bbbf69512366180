"""Faults while a build runs: processes killed at random moments, and what is left afterwards.

``make faults SEED=8 KILLS=200`` runs the whole of it; a few kills are part of ``make test``.
"""
