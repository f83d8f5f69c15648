"""What people do to secure their accounts: second factors, step-up, API keys. In a browser's session only.

Secrets are taken from the body alone: an address ends up in logs and histories.
"""
