"""The pure core: the instrument, what an answer is, scoring, comparison and the report as plain data.

Nothing here imports Django, reads a clock, a file or a setting.
"""
