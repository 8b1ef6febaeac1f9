"""The report as an archival, tagged PDF, made in a process of its own; nothing heavy is loaded on this side."""
