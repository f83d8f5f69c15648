"""Money that goes back over cards: refunds, chargebacks and what they leave to be made good, payouts; and the books."""

from pathlib import Path

import pytest

from rialto.contracts.vocabulary import FEES_ACCOUNT, TREASURY_ACCOUNT
from rialto.identity.operators import Role
from rialto.products.fiat.rules import FiatRefused
from tests.bank import Booked, statement_file
from tests.card_house import EVERYTHING, CardHouse, card_house, until
from tests.contract.test_fiat import BANKS, IBAN, THEIRS
from tests.contract.test_operators import operators
from tests.contract.test_withdrawals import APPLY, exchange
from tests.gateway import Trader, refusal

PAYS, DISPUTES, REFUND_FAILS, PAYOUT_FAILS = (
    *("4242424242424242", "4000000000000259"),
    *("4000000000005126", "5555555555554444"),
)


async def settled(house: CardHouse) -> None:
    """Wait until the provider has done everything and the exchange knows of it."""

    async def is_quiet() -> bool:
        return not house.stand_in.house.events and not await house.cards.reading.waiting()

    await until(is_quiet)


async def test_refunds_in_parts_take_back_their_part_of_what_was_bought(tmp_path: Path) -> None:
    async with card_house(tmp_path) as house:
        await house.price_bitcoin("50000")
        fees = await house.held(FEES_ACCOUNT, "EUR")
        ann = await house.whole.trader("ann", EVERYTHING)
        order = await house.bought(ann, PAYS, "100", "BTC")
        before = await house.of(ann, "BTC")
        service = house.cards.service
        assert await service.order_refund(order, "r1", 3_333_000_000, "operator", "half a mistake")
        assert not await service.order_refund(order, "r1", 3_333_000_000, "operator", "half a mistake")
        with pytest.raises(FiatRefused, match=r"66\.67000000 is left"):
            await service.order_refund(order, "r2", 6_668_000_000, "operator", "too much")
        await house.cards.following.look(order)
        await settled(house)
        assert before == ("0.00192138", "0")
        assert await house.of(ann, "BTC") == ("0.00128098", "0")
        assert await service.order_refund(order, "r3", 6_667_000_000, "operator", "the rest")
        await house.cards.following.look(order)
        await settled(house)
        assert await house.of(ann, "BTC") == ("0", "0")
        assert (await house.detail(ann, order))["orderStatus"] == "ORDER_REFUNDED"
        # The fee went back as well; what the two who traded paid stays.
        assert await house.held(FEES_ACCOUNT, "EUR") == fees
        assert await house.reconciled() == 0
        (row,) = (await ann.do("GET", "/sapi/v1/fiat/payments", transactionType="0"))["data"]
        assert row["status"] == "Refunded"


async def test_a_refund_that_fails_is_given_back(tmp_path: Path) -> None:
    async with card_house(tmp_path) as house:
        ann = await house.whole.trader("ann", EVERYTHING)
        order = await house.bought(ann, REFUND_FAILS)
        await house.cards.service.order_refund(order, "r1", 5_000_000_000, "operator", "a mistake")
        assert await house.of(ann, "EUR") == ("49", "0")
        await house.cards.following.look(order)
        await settled(house)
        assert await house.of(ann, "EUR") == ("98", "0")
        assert await house.held(FEES_ACCOUNT, "EUR") == ("2.00000000", "0.00000000")
        assert await house.reconciled() == 0


async def test_a_chargeback_takes_back_what_is_there(tmp_path: Path) -> None:
    async with card_house(tmp_path) as house:
        ann = await house.whole.trader("ann", EVERYTHING)
        await house.bought(ann, PAYS, "100")
        made = await house.order(ann, "100")
        await house.pay(made["url"], DISPUTES)

        async def is_taken() -> bool:
            return bool((await house.cards.service.order(made["orderId"])).disputes)

        await until(is_taken)
        # Credited and charged back: 98 of the second payment, and 2 more than it brought.
        assert await house.of(ann, "EUR") == ("96", "0")
        assert await house.reconciled() == 0


async def spent(house: CardHouse, trader: Trader) -> tuple[str, str]:
    """Buy, spend half of it, have it charged back; return the order and the dispute."""
    order = await house.bought(trader, PAYS, "100")
    await house.take(trader, "49")
    dispute = house.stand_in.house.dispute(await house.payment_of(order))

    async def is_taken() -> bool:
        return bool((await house.cards.service.order(order)).disputes)

    await until(is_taken)
    return order, dispute


async def test_who_spent_what_is_charged_back_withdraws_nothing_until_it_is_made_good(tmp_path: Path) -> None:
    (tmp_path / "banks.toml").write_text(BANKS)
    async with card_house(tmp_path) as house:
        ann = await house.whole.trader("ann", EVERYTHING, BTC="1")
        order, _ = await spent(house, ann)
        assert await house.of(ann, "EUR") == ("0", "0")
        # 49 were there, 51 are lacking, and the books add up all the same.
        assert (await house.cards.service.order(order)).claim == 5_100_000_000
        assert await house.reconciled() == 0
        to = f'{{"accountNumber":"{THEIRS}"}}'
        fiat = {"currency": "EUR", "apiPaymentMethod": "bank_transfer", "amount": "20", "accountInfo": to}
        assert refusal(await ann.send("POST", "/sapi/v2/fiat/withdraw", fiat))[1] == -44004
        buys = {"currency": "EUR", "amount": "50", "asset": "EUR", "returnUrl": "https://shop.example"}
        assert refusal(await ann.send("POST", "/fiat/v1/card/purchases", buys))[1] == -44004
        async with operators(house.whole, Role.FINANCE) as (alice, bob):
            (claim,) = await alice.do("GET", "/admin/v1/fiat/claims")
            assert (claim["order"], claim["claim"], claim["lacking"]) == (order, "51.00000000", "51.00000000")
            given = {"order": order, "source": "OWNER", "amount": "51", "reason": "paid by transfer"}
            cover, approve = "/admin/v1/actions/cover-card-claim", "/admin/v1/approvals/approve"
            failed = await alice.do("POST", cover, **{**given, "amount": "52"})
            assert (await bob.do("POST", approve, id=failed["id"]))["status"] == "failed"
            poor = await alice.do("POST", cover, **given)
            assert (await bob.do("POST", approve, id=poor["id"]))["status"] == "failed"
            await house.give(ann, "60")
            done = await alice.do("POST", cover, **given)
            assert (await bob.do("POST", approve, id=done["id"]))["status"] == "done"
            assert await alice.do("GET", "/admin/v1/fiat/claims") == []
        assert await house.of(ann, "EUR") == ("9", "0")
        assert await house.reconciled() == 0
        await house.order(ann, "50")


async def test_coins_are_not_withdrawn_either_while_a_claim_is_open(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with card_house(tmp_path) as house:
        ann = await house.whole.trader("ann", EVERYTHING, LTC="10")
        order, _ = await spent(house, ann)
    async with exchange(tmp_path, monkeypatch) as (whole, _):
        ann.client = whole.client
        asked = {"coin": "LTC", "address": "ltc:theirs", "amount": "1"}
        refused = refusal(await ann.send("POST", APPLY, asked))
        assert refused == (400, -4015, "Withdraw is limited. A payment that was taken back is to be made good first.")
        await whole.exchange.families.fiat.cards.service.cover(order, 5_100_000_000, "operator", by_treasury=True)
        assert set(await ann.do("POST", APPLY, **asked)) == {"id"}


async def test_a_chargeback_that_is_won_gives_everything_back(tmp_path: Path) -> None:
    async with card_house(tmp_path) as house:
        ann = await house.whole.trader("ann", EVERYTHING)
        order, dispute = await spent(house, ann)
        await house.cards.service.cover(order, 1_100_000_000, "operator", by_treasury=True)
        assert not await house.cards.service.cover(order, 1_100_000_000, "operator", by_treasury=True)
        before = await house.held(TREASURY_ACCOUNT, "EUR")
        house.stand_in.house.close_dispute(await house.payment_of(order), dispute, is_won=True)

        async def is_won() -> bool:
            return (await house.cards.service.order(order)).disputes[0].is_won

        await until(is_won)
        assert await house.of(ann, "EUR") == ("49", "0")
        assert (await house.cards.service.order(order)).claim == 0
        assert int((await house.held(TREASURY_ACCOUNT, "EUR"))[0].split(".")[0]) == int(before[0].split(".")[0]) + 11
        assert await house.reconciled() == 0


async def test_cards_that_were_paid_with_are_paid_to(tmp_path: Path) -> None:
    async with card_house(tmp_path) as house:
        await house.price_bitcoin("50000")
        ann = await house.whole.trader("ann", EVERYTHING, BTC="1")
        await house.bought(ann, PAYS, "500")
        (card,) = await ann.do("GET", "/fiat/v1/card/cards")
        assert (card["brand"], card["last4"]) == ("Visa", "4242")
        path, usual = "/fiat/v1/card/payouts", {"currency": "EUR", "card": card["card"]}
        order = (await ann.do("POST", path, **usual, asset="EUR", amount="101"))["orderId"]
        await house.until_status(ann, order, "ORDER_SUCCESS")
        assert await house.of(ann, "EUR") == ("389", "0")
        sold = (await ann.do("POST", path, **usual, asset="BTC", amount="0.002"))["orderId"]
        await house.until_status(ann, sold, "ORDER_SUCCESS")
        assert await house.of(ann, "BTC") == ("0.998", "0")
        (row,) = (await ann.do("GET", "/sapi/v1/fiat/payments", transactionType="1"))["data"]
        # One percent below 50,000, less a fee of 1.
        assert (row["sourceAmount"], row["obtainAmount"], row["price"]) == ("0.002", "98.00", "49500.00")
        (row,) = (await ann.do("GET", "/sapi/v1/fiat/orders", transactionType="1"))["data"]
        assert (row["method"], row["amount"], row["totalFee"]) == ("Card", "100.00", "1.00")
        assert await house.reconciled() == 0
        bob = await house.whole.trader("bob", EVERYTHING)
        assert refusal(await bob.send("POST", path, {**usual, "asset": "EUR", "amount": "50"}))[1] == -44005
        assert refusal(await ann.send("POST", path, {**usual, "asset": "EUR", "amount": "1000"}))[1] == -4026
        house.stand_in.house.is_paused = True
        waiting = (await ann.do("POST", path, **usual, asset="EUR", amount="20"))["orderId"]
        kept = refusal(await ann.send("DELETE", "/fiat/v1/card/cards", {"card": card["card"]}))
        assert kept[1:] == (-44003, "Cards were used too often: a payout is under way.")
        house.stand_in.house.is_paused = False
        await house.until_status(ann, waiting, "ORDER_SUCCESS")
        assert await ann.do("DELETE", "/fiat/v1/card/cards", card=card["card"]) == []
        assert refusal(await ann.send("DELETE", "/fiat/v1/card/cards", {"card": card["card"]}))[1] == -44005


async def test_a_payout_that_fails_or_is_refused_comes_back(tmp_path: Path) -> None:
    async with card_house(tmp_path) as house:
        ann = await house.whole.trader("ann", EVERYTHING)
        await house.bought(ann, PAYOUT_FAILS, "500")
        (card,) = await ann.do("GET", "/fiat/v1/card/cards")
        path, usual = "/fiat/v1/card/payouts", {"currency": "EUR", "card": card["card"], "asset": "EUR"}
        order = (await ann.do("POST", path, **usual, amount="101"))["orderId"]
        await house.until_status(ann, order, "ORDER_FAILED")
        assert await house.of(ann, "EUR") == ("490", "0")
        # What the provider owes was sent to the bank: it has nothing to pay with.
        house.stand_in.house.transfer("EUR")
        refused = (await ann.do("POST", path, **usual, amount="101"))["orderId"]
        await house.until_status(ann, refused, "ORDER_FAILED")
        assert "409" in (await house.detail(ann, refused))["errorMessage"]
        assert await house.of(ann, "EUR") == ("490", "0")
        assert await house.reconciled() == 0


async def test_what_the_provider_sends_to_the_bank_arrives_once(tmp_path: Path) -> None:
    (tmp_path / "banks.toml").write_text(BANKS)
    async with card_house(tmp_path) as house:
        fiat = house.whole.exchange.families.fiat
        ann = await house.whole.trader("ann", EVERYTHING)
        await house.bought(ann, PAYS, "500")
        owed = house.stand_in.house.balance("EUR")
        transfer = house.stand_in.house.transfer("EUR")
        assert await house.reconciled() == 0
        connected = house.cards.service.needed()
        spelled = f"{owed // 100}.{owed % 100:02d}000000"
        assert await house.held(connected.transit["EUR"], "EUR") == (f"-{spelled}", "0.00000000")
        entry = Booked("B1", owed, name="Payments Ltd", text=f"payout {transfer}")
        assert (await fiat.statements.take(statement_file("S1", IBAN, 0, [entry]))).counts == {"transferred": 1}
        assert await house.held(connected.transit["EUR"], "EUR") == ("0.00000000", "0.00000000")
        again = statement_file("S2", IBAN, owed, [Booked("B2", owed, text=f"payout {transfer}")])
        assert (await fiat.statements.take(again)).counts == {"suspended": 1}
        assert await fiat.reconciliation.difference("main") == 0


async def test_a_difference_to_the_providers_books_stops_payouts(tmp_path: Path) -> None:
    async with card_house(tmp_path) as house:
        ann = await house.whole.trader("ann", EVERYTHING)
        await house.bought(ann, PAYS, "500")
        (card,) = await ann.do("GET", "/fiat/v1/card/cards")
        assert await house.reconciled() == 0
        # The provider takes something of which it says nothing to us.
        house.stand_in.house.slip("EUR", -700)
        assert await house.reconciled() == -700_000_000
        sent = {"currency": "EUR", "card": card["card"], "asset": "EUR", "amount": "101"}
        assert refusal(await ann.send("POST", "/fiat/v1/card/payouts", sent))[1] == -16010
        house.stand_in.house.slip("EUR", 700)
        assert await house.reconciled() == 0
        await ann.do("POST", "/fiat/v1/card/payouts", **sent)
