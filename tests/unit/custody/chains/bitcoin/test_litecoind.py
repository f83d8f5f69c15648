"""The node that the tests of this family run on does what they take for granted."""

from pathlib import Path

from tests.nodes.litecoind import Litecoind, running_litecoind


def test_a_double_spend_takes_the_place_of_what_was_mined(litecoind: Litecoind) -> None:
    transaction, number, amount = litecoind.unspent()
    first = litecoind.paying((transaction, number), (litecoind.new_address(), amount - 10_000))
    second = litecoind.paying((transaction, number), (litecoind.new_address(), amount - 20_000))
    mined = litecoind.mine_with(first)
    litecoind.invalidate(mined)
    assert len(litecoind.pool()) == 1
    litecoind.mine_with(second)
    assert litecoind.pool() == []


def test_every_block_ends_in_a_hogex_once_mweb_is_active(litecoind: Litecoind) -> None:
    litecoind.reach_mweb()
    block = litecoind.ask("getblock", litecoind.mine()[0], 2)
    assert block["tx"][-1]["vout"][0]["scriptPubKey"]["type"] == "witness_mweb_hogaddr"


def test_two_nodes_follow_each_other(litecoind: Litecoind, tmp_path: Path) -> None:
    with running_litecoind(tmp_path / "other") as other:
        litecoind.connect(other)
        litecoind.mine()
        litecoind.wait_same(other)
        assert other.height() == litecoind.height()
