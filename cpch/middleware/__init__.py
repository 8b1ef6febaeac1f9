"""Middleware of the project: rules for every request, whatever its view."""
