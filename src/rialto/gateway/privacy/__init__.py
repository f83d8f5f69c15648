"""The calls of people about what is known of them: `/account/v1/privacy`."""
