"""The page of the exchange, as files that a build left here: found, compressed, and served beside the API."""
