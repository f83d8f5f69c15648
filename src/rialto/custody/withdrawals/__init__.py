"""Withdrawals: from what a person asks to what arrives, or comes back."""
