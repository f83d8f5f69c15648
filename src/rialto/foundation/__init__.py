"""What every other part stands on: clock, configuration, logging, database, secrets. Knows nothing of an exchange."""
