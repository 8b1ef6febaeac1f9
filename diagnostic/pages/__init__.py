"""Page contents as plain data made from rows, without HttpRequest or HttpResponse."""
