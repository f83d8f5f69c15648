"""How most calls about sub-accounts are declared: reads by address, and changes that wait like reads."""

from typing import Any

from rialto.wire.endpoints import Budget, Endpoint, Security, Urgency


def reads(path: str, summary: str, parameters: Any, response: Any, weight: int = 1, **more: Any) -> Endpoint[Any]:
    """Declare a read; its weight is taken from the address, unless told otherwise."""
    usual: dict[str, Any] = {"budget": Budget.ADDRESS, "security": Security.USER_DATA}
    return Endpoint(
        "GET", path, summary=summary, parameters=parameters, response=response, weight=weight, **{**usual, **more}
    )


def changes(path: str, summary: str, parameters: Any, response: Any) -> Endpoint[Any]:
    """Declare a change: by a key that may trade, but no order, so that it does not go before reads."""
    return Endpoint(
        "POST",
        path,
        summary=summary,
        parameters=parameters,
        response=response,
        weight=1,
        budget=Budget.ADDRESS,
        security=Security.TRADE,
        urgency=Urgency.READ,
    )
