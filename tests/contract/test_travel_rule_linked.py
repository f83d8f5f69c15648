"""Transfers in pieces: what goes to one destination within the window counts together for the travel rule."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from rialto.custody.withdrawals.linked import HOUR_US
from rialto.custody.withdrawals.tables import withdrawals
from rialto.foundation.settings.withdrawals import WithdrawalSettings
from rialto.identity.operators import Role
from tests.contract.test_operators import operators
from tests.contract.test_travel_rule import OWN, TRAVEL
from tests.contract.test_travel_rule_thresholds import RULE, WORTH
from tests.contract.test_withdrawal_reviews import refuse
from tests.contract.test_withdrawals import APPLY, HISTORY, MAY, exchange
from tests.gateway import Trader, refusal

ASKS = (400, -4001, "Invalid operation. Use /sapi/v1/localentity/withdraw/apply.")
FROM_1000 = f"{RULE}questionnaire_from = 1000\n"
REVIEWED = WithdrawalSettings(valuations={"LTC": "100"}, one_approval_from=50)
"""What is sent stays as it is until an operator looks at it."""


async def sent(trader: Trader, amount: str, **more: Any) -> Any:
    """Withdraw so much; return the id, or how it was refused."""
    asked = {"coin": "LTC", "address": "ltc:theirs", "amount": amount, **more}
    response = await trader.send("POST", APPLY, asked)
    return response.json()["id"] if response.status_code == 200 else refusal(response)


@pytest.mark.parametrize(
    ("settings", "pieces", "last"),
    [
        (FROM_1000 + WORTH, ["4", "5"], "1"),
        (f'{RULE}questionnaire_from_by_asset = {{ LTC = "3" }}\n{WORTH}', ["1", "1.5"], "0.5"),
    ],
)
async def test_the_piece_that_makes_it_enough_is_asked_about(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: str, pieces: list[str], last: str
) -> None:
    (tmp_path / "rialto.toml").write_text(settings, encoding="utf-8")
    async with exchange(tmp_path, monkeypatch) as (whole, _):
        alice = await whole.trader("alice", MAY, LTC="40")
        for piece in pieces:
            assert isinstance(await sent(alice, piece), str)
        assert await sent(alice, last) == ASKS
        assert isinstance(await sent(alice, last, address="ltc:others"), str), "another destination is another transfer"
        told = {"coin": "LTC", "address": "ltc:theirs", "amount": last, "questionnaire": OWN}
        await alice.do("POST", f"{TRAVEL}/withdraw/apply", **told)
        assert await sent(alice, "0.01") == ASKS, "what was told about belongs to it as well"
        bob = await whole.trader("bob", MAY, LTC="40")
        assert isinstance(await sent(bob, last), str), "what somebody else sent there is not theirs"
        assert len(await alice.do("GET", HISTORY)) == len(pieces) + 2


async def test_one_client_id_is_one_piece(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "rialto.toml").write_text(FROM_1000 + WORTH, encoding="utf-8")
    async with exchange(tmp_path, monkeypatch) as (whole, _):
        alice = await whole.trader("alice", MAY, LTC="40")
        first = await sent(alice, "9", withdrawOrderId="mine")
        assert await sent(alice, "9", withdrawOrderId="mine") == first
        assert await sent(alice, "1") == ASKS


async def test_pieces_at_the_same_moment_do_not_slip_through(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "rialto.toml").write_text(FROM_1000 + WORTH, encoding="utf-8")
    async with exchange(tmp_path, monkeypatch) as (whole, _):
        alice = await whole.trader("alice", MAY, LTC="40")
        answers = await asyncio.gather(*(sent(alice, "3") for _ in range(6)))
        assert sum(isinstance(each, str) for each in answers) == 3
        assert [each for each in answers if not isinstance(each, str)] == [ASKS] * 3


async def test_what_came_back_does_not_count(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "rialto.toml").write_text(FROM_1000 + WORTH, encoding="utf-8")
    async with (
        exchange(tmp_path, monkeypatch, withdrawals=REVIEWED) as (whole, _),
        operators(whole, Role.RISK, count=1) as (olga,),
    ):
        alice = await whole.trader("alice", MAY, LTC="40")
        waits = await sent(alice, "9")
        assert await sent(alice, "9") == ASKS, "what waits may still go"
        assert await refuse(olga, waits) == ("done", "the withdrawal is refused")
        assert isinstance(await sent(alice, "9"), str)


async def test_what_is_older_than_the_window_does_not_count(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "rialto.toml").write_text(f"{FROM_1000}questionnaire_window_hours = 1\n{WORTH}", encoding="utf-8")
    async with exchange(tmp_path, monkeypatch, withdrawals=REVIEWED) as (whole, _):
        alice = await whole.trader("alice", MAY, LTC="40")
        old = await sent(alice, "9")
        assert await sent(alice, "9") == ASKS
        with whole.exchange.parts.people.begin() as connection:
            is_old = withdrawals.c.id == old
            hours = {"requested_at_us": withdrawals.c.requested_at_us - HOUR_US - 1}
            assert connection.execute(update(withdrawals).where(is_old).values(hours)).rowcount == 1
        assert isinstance(await sent(alice, "9"), str)


async def test_without_a_window_each_counts_by_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "rialto.toml").write_text(f"{FROM_1000}questionnaire_window_hours = 0\n{WORTH}", encoding="utf-8")
    async with exchange(tmp_path, monkeypatch) as (whole, _):
        alice = await whole.trader("alice", MAY, LTC="40")
        for _ in range(3):
            assert isinstance(await sent(alice, "9"), str)
        assert await sent(alice, "10") == ASKS


async def test_to_somebody_here_pieces_count_however_they_are_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "rialto.toml").write_text(FROM_1000 + WORTH, encoding="utf-8")
    async with exchange(tmp_path, monkeypatch) as (whole, _):
        alice = await whole.trader("alice", MAY, LTC="40")
        person = whole.exchange.parts.identity.people.register("ann@example.com", 1)
        assert isinstance(await sent(alice, "6", address="ann@example.com"), str)
        assert await sent(alice, "4", address=str(person.owner)) == ASKS
