"""A provider of cards that is none: for demonstrations and tests, with cards of its own and no money.

It is a server of its own, and behaves as providers do: pages that take a card, a challenge by the card's bank, declines
with reasons, authorisations that are captured or canceled, refunds and payouts that take a while, chargebacks, books
with fees, events that are signed and sent until they are taken. It forgets nothing when it is restarted on its file.
"""
