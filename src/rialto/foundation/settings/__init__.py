"""Settings of parts that have many, each a table of its own in the file."""
