"""From plain data to what a reader sees: charts, HTML and PDF; nothing here reads the database or decides anything."""
