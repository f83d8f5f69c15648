"""The calls by which people are verified."""
