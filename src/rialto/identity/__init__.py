"""People and what they prove themselves with: owners and API keys. Owners are who accounts belong to."""
