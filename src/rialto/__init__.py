"""Rialto: a complete digital-asset exchange that anyone can run."""

__version__ = "0.1.0"
