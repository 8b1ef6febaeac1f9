"""The diagnostic: instrument, assessments, scoring, review and report."""
