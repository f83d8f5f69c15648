"""How much may leave, who must agree, and how long a transaction may wait: the table `[withdrawals]` of the file."""

from typing import Annotated

import msgspec
from msgspec import Meta

Amount = Annotated[int, Meta(ge=0, le=1_000_000_000_000)]
Seconds = Annotated[int, Meta(ge=1, le=31_536_000)]


class WithdrawalSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Everything an operator can set about withdrawals. Amounts are whole units of the valuation asset."""

    valuation_asset: Annotated[str, Meta(pattern="^[A-Z0-9]{1,16}$")] = "USDT"
    """What limits and thresholds are told in."""

    valuations: Annotated[
        dict[str, Annotated[str, Meta(pattern=r"^[0-9]{1,12}(\.[0-9]{1,8})?$")]], Meta(max_length=1_000)
    ] = {}
    """What one of an asset is taken to be worth where no trades tell, such as `{ LTC = "80" }`."""

    limits: Annotated[tuple[Amount, ...], Meta(min_length=1, max_length=10)] = (0, 50_000, 1_000_000, 10_000_000)
    """How much someone may take out in 24 hours, by level of verification; higher levels have the last. Owners who are
    no people, made by the operator, have none."""

    one_approval_from: Amount = 100_000
    """From which value on an operator must agree."""

    two_approvals_from: Amount = 1_000_000
    """From which value on two must."""

    risk_review_points: Annotated[int, Meta(ge=1, le=1_000)] = 70
    """At how many points of risk an operator must agree."""

    allow_list_delay_seconds: Seconds = 86_400
    """How long after it was put on the list an address may not be used, and after the list was switched off nothing may
    be taken out."""

    code_seconds: Seconds = 1_800
    """How long a mailed code is good for."""

    bump_after_seconds: Seconds = 1_800
    """How long a transaction may wait before it is replaced by one that pays more."""

    sweep_seconds: Seconds = 600
    """How often deposit addresses are collected from."""

    hot_percent: Annotated[int, Meta(ge=1, le=100)] = 10
    """Which share of an asset the hot addresses should hold."""

    hot_percent_min: Annotated[int, Meta(ge=0, le=100)] = 5
    """Below which share a refill is proposed."""

    hot_percent_max: Annotated[int, Meta(ge=1, le=100)] = 20
    """Above which share it is proposed to move the rest away."""

    refill_seconds: Seconds = 600
    """How often it is looked at whether enough is hot, and not too much."""
