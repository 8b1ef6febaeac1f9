"""Middleware of the project: what holds for every request, whatever its view."""
