"""Whether someone may take something out now: what they are, what their list says, what their limit leaves. No I/O."""

from collections.abc import Callable, Sequence

from rialto.custody.allow_list import Standing
from rialto.custody.limits import Limits, Quota
from rialto.custody.withdrawals.reading import ROWS_MAX, WithdrawalRow
from rialto.foundation.settings.withdrawals import WithdrawalSettings
from rialto.identity.people import LockReason, Person, PersonStatus
from rialto.wire.wallet_errors import WalletError

HOUR_US = 3_600_000_000


class Admission:
    """Says no, with the API's reasons."""

    def __init__(self, limits: Limits, settings: WithdrawalSettings, now_us: Callable[[], int]) -> None:
        self._limits = limits
        self._delay_us = settings.allow_list_delay_seconds * 1_000_000
        self._now_us = now_us

    def check_person(self, person: Person | None) -> None:
        """Refuse who is frozen, closed or locked. Errors: `ApiError` -4015, -4016, -4017."""
        if person is None:
            return
        if person.status is not PersonStatus.ACTIVE:
            raise WalletError.WITHDRAWALS_LIMITED.error(f"The account is {person.status.value}.", form=1)
        if person.withdrawals_locked_until_us <= self._now_us():
            return
        if person.lock_reason is LockReason.OPERATOR:
            hours = _hours(person.withdrawals_locked_until_us - self._now_us())
            message = f"Withdrawals are locked by the exchange for {hours} hours; ask its support."
            raise WalletError.WITHDRAWALS_LIMITED.error(message, form=1)
        if person.lock_reason is LockReason.FACTOR_CHANGED:
            raise WalletError.FACTOR_CHANGED.error()
        raise WalletError.PASSWORD_CHANGED.error()

    def check_allowed(self, standing: Standing) -> None:
        """Refuse what the list of addresses does not allow. Errors: `ApiError` -4015, -4035, -4036."""
        now_us = self._now_us()
        if not standing.is_on:
            if standing.switched_at_us and now_us < standing.switched_at_us + self._delay_us:
                hours = _hours(standing.switched_at_us + self._delay_us - now_us)
                message = f"The whitelist was switched off; withdrawals are possible in {hours} hours."
                raise WalletError.WITHDRAWALS_LIMITED.error(message, form=1)
            return
        if standing.entry is None:
            raise WalletError.NOT_ALLOW_LISTED.error()
        usable_at_us = standing.entry.added_at_us + self._delay_us
        if now_us < usable_at_us:
            raise WalletError.NEWLY_ALLOW_LISTED.error(_hours(usable_at_us - now_us))

    def check_limit(self, person: Person | None, taken: Sequence[WithdrawalRow], value: int) -> Quota:
        """Refuse something worth `value` beyond the limit of 24 hours. Errors: `ApiError` -4015, -4023."""
        quota = self._limits.quota(None if person is None else person.level, taken)
        if len(taken) >= ROWS_MAX:
            raise WalletError.ABOVE_MAXIMUM.error()
        if quota.limit is None:
            return quota
        if not quota.limit:
            raise WalletError.WITHDRAWALS_LIMITED.error("Verify who you are first.", form=1)
        if quota.used + value > quota.limit:
            raise WalletError.ABOVE_MAXIMUM.error()
        return quota


def _hours(microseconds: int) -> int:
    return -(-microseconds // HOUR_US)
