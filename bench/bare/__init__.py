"""A bare Django application, as `startproject` and a tutorial make one: what the site is measured beside."""
