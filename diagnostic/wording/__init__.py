"""Texts for people that are written in code; templates contain their own."""
