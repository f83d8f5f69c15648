"""User data streams: what happens to one account, as it happens.

    runtime ─▶ streams (who listens?) ─▶ account (events → reports) ─▶ payloads (JSON, once per time unit) ─▶ receivers

`reports` says what an account can be told, without any spelling; `account` follows one account's open orders and lists
through the events of the core, so that each report shows the whole order; `balances` and `refusals` make the reports
that have nothing to do with open orders; `payloads` spells them. A receiver is told of an event before anybody gets the
reply to the command that caused it.
"""
