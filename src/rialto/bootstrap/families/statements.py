"""Statements of account, wired: whose they are, and who makes them."""

from typing import Any

from rialto.bootstrap.parts import Parts
from rialto.gateway.router import Route
from rialto.gateway.statements.ledger import StatementLedger
from rialto.gateway.statements.routes import Holder, Issuer, Statements
from rialto.identity.verification.cases import Cases


def open_statements(parts: Parts, cases: Cases) -> list[Route[Any]]:
    """Return the routes."""
    people, owners, settings = parts.identity.people, parts.owners, parts.settings.statements

    def holder(owner: int) -> Holder:
        person = people.find(owner)
        if person is None:
            found = owners.find(owner)
            return Holder("", "", "" if found is None else found.name)
        # A sub-account has its master's name.
        stated = cases.approved_of(person.parent or owner)
        name = "" if stated is None else f"{stated.first_name} {stated.last_name}"
        return Holder(name, person.email, person.email)

    fonts = settings.fonts_directory
    issuer = Issuer(settings.issuer, settings.address, "" if fonts is None else str(fonts.absolute()))
    ledger = StatementLedger(parts.runtime, parts.history)
    return Statements(ledger, issuer, holder, parts.identity.clerks, parts.runtime.now_us).routes()
