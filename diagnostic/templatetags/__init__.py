"""Template tags, one module a subject."""
