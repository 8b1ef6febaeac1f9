"""The words that code puts before people; templates hold their own."""
