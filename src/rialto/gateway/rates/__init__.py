"""Rates by which people are told what things are worth in money of their country. For showing, never for deciding."""
