"""Cards over PostgreSQL: what only SQL holds, and the histories that are read from two tables at once."""

from pathlib import Path

from tests.card_house import EVERYTHING, card_house, until

PAYS = "4242424242424242"


async def test_a_payment_and_its_chargeback_on_postgresql(tmp_path: Path, postgres_url: str) -> None:
    for _ in range(2):  # The second time everything is there already.
        async with card_house(tmp_path, database_url=postgres_url) as house:
            await house.cards.following.sweep()
            assert await house.reconciled() == 0
    async with card_house(tmp_path, database_url=postgres_url) as house:
        ann = await house.whole.trader("ann", EVERYTHING)
        order = await house.bought(ann, PAYS, "100")
        (row,) = (await ann.do("GET", "/sapi/v1/fiat/orders", transactionType="0", rows=1))["data"]
        assert (row["orderNo"], row["amount"], row["totalFee"]) == (order, "100.00", "2.00")
        assert (await ann.do("GET", "/sapi/v1/fiat/payments", transactionType="1"))["total"] == 0
        (card,) = await ann.do("GET", "/fiat/v1/card/cards")
        assert card["last4"] == "4242"
        await house.take(ann, "49")
        house.stand_in.house.dispute(await house.payment_of(order))

        async def is_claimed() -> bool:
            return await house.whole.exchange.families.fiat.claims.has(ann.key.owner)

        await until(is_claimed)
        assert [each.claim for each in await house.whole.exchange.families.fiat.claims.listed(10)] == ["51.00000000"]
        assert await house.reconciled() == 0
