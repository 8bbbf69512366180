"""The fuzz campaign: valid inputs, made invalid in thousands of ways, and what the program must do with each.

==============  ==============================================================================
`values`        hostile texts and numbers
`mutate`        bytes, CSV, YAML, XLSX and whole files changed, each at random
`kinds`         which of an input's files are changed, how, and what is then run
`oracle`        what must hold afterwards
`campaign`      cases in worker processes, with limits on time and memory; the report
==============  ==============================================================================

A case is its seed and its number, and nothing else: ``python -m fuzz --seed 8 --only 1234`` runs that case again and
says what was changed and what came of it.
"""
