"""Who may see the figures."""

import pytest

from rialto.foundation.configuration import InvalidConfiguration
from rialto.watch.access import Access


@pytest.mark.parametrize(
    ("networks", "address", "headers", "expected"),
    [
        ("", "127.0.0.1", {}, True),
        ("", "127.9.9.9", {}, True),
        ("", "::1", {}, True),
        ("", "::ffff:127.0.0.1", {}, True),
        ("", "192.0.2.7", {}, False),
        ("", "", {}, False),
        ("", "127.0.0.1", {b"x-forwarded-for": b"192.0.2.7"}, False),
        ("", "127.0.0.1", {b"forwarded": b"for=127.0.0.1"}, False),
        ("", "127.0.0.1", {b"via": b"1.1 proxy"}, False),
        ("192.0.2.0/24, 2001:db8::/32", "192.0.2.7", {}, True),
        ("192.0.2.0/24, 2001:db8::/32", "2001:db8::5", {}, True),
        ("192.0.2.0/24", "192.0.3.7", {}, False),
        ("192.0.2.0/24", "192.0.2.7", {b"x-real-ip": b"192.0.2.8"}, False),
    ],
)
def test_networks(networks: str, address: str, headers: dict[bytes, bytes], expected: bool) -> None:
    assert Access(networks, "").permits(address, headers) is expected


@pytest.mark.parametrize(
    ("token", "given", "expected"),
    [
        ("open sesame", b"Bearer open sesame", True),
        ("open sesame", b"bearer  open sesame ", True),
        ("open sesame", b"Bearer open", False),
        ("open sesame", b"open sesame", False),
        ("", b"Bearer ", False),
        ("", b"Bearer x", False),
    ],
)
def test_token_counts_from_anywhere(token: str, given: bytes, expected: bool) -> None:
    headers = {b"authorization": given, b"x-forwarded-for": b"192.0.2.7"}
    assert Access("", token).permits("192.0.2.1", headers) is expected


def test_a_wrong_token_is_not_made_good_by_the_address() -> None:
    assert not Access("", "right").permits("127.0.0.1", {b"authorization": b"Bearer wrong"})


def test_a_network_that_is_none_is_named() -> None:
    with pytest.raises(InvalidConfiguration, match="metrics_networks names '10.0.0.1/8'"):
        Access("10.0.0.1/8", "")
