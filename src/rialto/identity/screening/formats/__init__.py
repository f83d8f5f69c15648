"""How each list is laid out: a module for each publisher, from a file to entries."""
