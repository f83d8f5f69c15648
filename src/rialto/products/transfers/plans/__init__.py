"""Transfers that are asked for now and carried out on a later day."""
