"""What pages show, as plain data made from rows."""
