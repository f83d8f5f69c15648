"""The history of the schema, one module per step. Released steps are never edited."""
