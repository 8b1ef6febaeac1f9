"""E-mail: recipients and text of each notice, and delivery from the outbox."""
