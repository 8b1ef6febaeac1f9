"""Every write: one atomic, keyword-only function each. It checks permission, then the transition, writes, logs."""
