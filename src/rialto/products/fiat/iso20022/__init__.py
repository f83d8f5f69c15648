"""Messages to and from banks, as ISO 20022 has them: pain.001 for payments out, camt.053 for statements in.

Only files are made and read here; nothing is known of orders or of people. Texts from outside are never trusted: no
document type declarations, no entities, no network, sizes bounded.
"""
