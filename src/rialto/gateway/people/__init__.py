"""The calls of people about their own accounts: `/account/v1`."""
