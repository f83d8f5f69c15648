"""Bans of addresses that go on sending after they were told to wait."""

import msgspec
import pytest

from rialto.gateway.bans import BanRules, Bans
from rialto.gateway.limits import RateLimit, RateLimits, RequestLimits
from rialto.wire.errors import ApiError

START_US = 1_700_000_100_000_000
"""The start of five minutes."""

SECOND_US = 1_000_000
DAY_S = 86_400
WINDOW_US = 300 * SECOND_US

RULES = BanRules(refusals_max=2, seconds_min=120, seconds_max=3 * DAY_S, addresses_max=3)


def refuse(bans: Bans, address: str, now_us: int, times: int) -> ApiError | None:
    """Refuse an address so many times; return the ban, if one began."""
    for _ in range(times):
        try:
            bans.note_refusal(address, now_us)
        except ApiError as ban:
            return ban
    return None


def is_banned(bans: Bans, address: str, now_us: int) -> bool:
    try:
        bans.check(address, now_us)
    except ApiError:
        return True
    return False


def test_an_address_is_banned_when_it_does_not_heed_so_many_refusals() -> None:
    bans = Bans(RULES, WINDOW_US)
    assert refuse(bans, "a", START_US, 2) is None
    ban = refuse(bans, "a", START_US + 1, 1)
    assert ban is not None
    assert (ban.status, ban.code, ban.retry_after_s) == (418, -1003, 120)
    until_ms = (START_US + 1 + 120 * SECOND_US) // 1000
    assert ban.message == (
        f"Way too much request weight used; IP banned until {until_ms}. "
        "Please use WebSocket Streams for live updates to avoid bans."
    )
    with pytest.raises(ApiError) as refused:
        bans.check("a", START_US + 60 * SECOND_US)
    assert (refused.value.status, refused.value.retry_after_s, refused.value.message) == (418, 61, ban.message)
    bans.check("b", START_US + 60 * SECOND_US)
    bans.check("a", START_US + 1 + 120 * SECOND_US)


def test_refusals_add_up_within_a_window_only() -> None:
    bans = Bans(RULES, WINDOW_US)
    for window in range(20):
        assert refuse(bans, "a", START_US + window * WINDOW_US, 2) is None


def test_each_ban_lasts_twice_as_long_up_to_three_days_and_is_forgotten_in_the_end() -> None:
    bans = Bans(RULES, WINDOW_US)
    now_us, lengths = START_US, []
    for _ in range(14):
        ban = refuse(bans, "a", now_us, 3)
        assert ban is not None
        assert ban.retry_after_s is not None
        lengths.append(ban.retry_after_s)
        now_us += ban.retry_after_s * SECOND_US
    assert lengths[:4] == [120, 240, 480, 960]
    assert lengths[-3:] == [120 << 11, 3 * DAY_S, 3 * DAY_S]
    again = refuse(bans, "a", now_us + 3 * DAY_S * SECOND_US - 1, 3)
    assert again is not None
    assert again.retry_after_s == 3 * DAY_S
    now_us += 3 * DAY_S * SECOND_US - 1 + 3 * DAY_S * SECOND_US
    first = refuse(bans, "a", now_us + 3 * DAY_S * SECOND_US, 3)
    assert first is not None
    assert first.retry_after_s == 120


def test_so_many_addresses_are_remembered_and_the_quietest_is_forgotten_first() -> None:
    bans = Bans(RULES, WINDOW_US)
    assert refuse(bans, "a", START_US, 3) is not None
    for address in ("b", "c"):
        refuse(bans, address, START_US, 1)
    refuse(bans, "b", START_US, 1)
    assert is_banned(bans, "a", START_US)
    refuse(bans, "d", START_US, 1)
    assert not is_banned(bans, "a", START_US)
    assert refuse(bans, "b", START_US, 1) is not None


def test_none_is_banned_where_the_operator_says_so() -> None:
    bans = Bans(msgspec.structs.replace(RULES, refusals_max=0), WINDOW_US)
    assert refuse(bans, "a", START_US, 10_000) is None


@pytest.mark.parametrize("weight", [0, 2])
def test_refusals_of_weight_and_of_requests_lead_to_a_ban(weight: int) -> None:
    rules = RateLimits(
        request_weight=RateLimit("REQUEST_WEIGHT", "MINUTE", 1, 1),
        raw_requests=RateLimit("RAW_REQUESTS", "MINUTE", 5, 0 if not weight else 100),
        bans=RULES,
    )
    limits = RequestLimits(rules, lambda: START_US)

    def statuses() -> int:
        try:
            limits.count_request("a")
            limits.charge("a", weight)
        except ApiError as refused:
            return refused.status
        return 200

    assert [statuses() for _ in range(5)] == [429, 429, 418, 418, 418]
    assert limits.used_headers("a")[0] == (b"x-mbx-used-weight", b"0")
