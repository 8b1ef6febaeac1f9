"""The project: its settings, its addresses and its accounts; the diagnostic itself is the app beside it."""
