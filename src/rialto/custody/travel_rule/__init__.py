"""The travel rule: who sends to whom, asked for, kept sealed, and told to whom it concerns."""
