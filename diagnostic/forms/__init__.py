"""Forms: what a person types, checked before an action takes it; no writes here."""
