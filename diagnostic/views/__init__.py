"""Thin: load what the person may see, call one action or query, answer."""
