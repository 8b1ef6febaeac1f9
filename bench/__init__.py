"""Measures the site beside a bare Django application; what is measured and how is in docs/performance.md."""
