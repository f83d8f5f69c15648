"""Where a key may be used from, and what it may trade."""

import pytest

from rialto.identity.restrictions import ADDRESSES_MAX, SYMBOLS_MAX, InvalidRestriction, Restrictions


@pytest.mark.parametrize(
    ("restricted_to", "address", "admitted"),
    [
        ([], "203.0.113.9", True),
        ([], "", True),
        (["192.0.2.7"], "192.0.2.7", True),
        (["192.0.2.7"], "192.0.2.8", False),
        (["192.0.2.7"], "::ffff:192.0.2.7", True),
        (["192.0.2.0/24", "2001:db8::/32"], "2001:db8::5", True),
        (["192.0.2.0/24"], "2001:db8::5", False),
        (["192.0.2.0/24"], "", False),
        (["192.0.2.0/24"], "localhost", False),
    ],
)
def test_addresses(restricted_to: list[str], address: str, admitted: bool) -> None:
    assert Restrictions.read(restricted_to, []).admits_address(address) is admitted


def test_symbols() -> None:
    assert Restrictions.read([], []).admits_symbol("BTCUSDT")
    only = Restrictions.read([], ["ETHUSDT"])
    assert only.admits_symbol("ETHUSDT")
    assert not only.admits_symbol("BTCUSDT")


@pytest.mark.parametrize(
    ("addresses", "symbols", "message"),
    [
        (["nowhere"], [], "'nowhere' is no address"),
        (["192.0.2.7/24"], [], "is no address"),
        (["192.0.2.7"] * (ADDRESSES_MAX + 1), [], "at most 30"),
        ([], ["BTC USDT"], "'BTC USDT' is no name of a symbol"),
        ([], [""], "no name of a symbol"),
        ([], ["X"] * (SYMBOLS_MAX + 1), "at most 100"),
    ],
)
def test_what_cannot_restrict_is_refused(addresses: list[str], symbols: list[str], message: str) -> None:
    with pytest.raises(InvalidRestriction, match=message):
        Restrictions.read(addresses, symbols)
