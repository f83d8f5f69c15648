"""Whether people are on lists of those nobody may deal with."""
