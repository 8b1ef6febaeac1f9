"""What pages show, as plain data made from rows; no HttpRequest and no HttpResponse."""
