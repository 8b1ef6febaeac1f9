"""E-mail: who gets which notice in which words, and its delivery from the outbox."""
