"""Sweeping: what lies on deposit addresses is collected into hot ones."""
