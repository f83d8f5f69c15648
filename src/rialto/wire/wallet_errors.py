"""The error codes of `/sapi` about wallets and accounts: capital (-4xxx) and assets (-5xxx).

A catalogue beside `errors.ErrorCode`, of the same shape. Only what this exchange can answer is listed.
"""

from rialto.wire.errors import Catalogue


class WalletError(Catalogue):
    """The documented codes of wallets and accounts."""

    INVALID_OPERATION = (-4001, 400, "Invalid operation.", "Invalid operation. {}")
    INVALID_EMAIL = (-4003, 400, "Your input email is invalid.")
    NOT_AUTHORIZED = (-4004, 401, "You don't login or auth.")
    MASTER_ONLY = (-4006, 400, "Support main account only.")
    ADDRESS_INVALID = (-4007, 400, "Address validation is not passed.", "Address validation is not passed. {}")
    TAG_INVALID = (-4008, 400, "Address tag validation is not passed.")
    ALLOW_LIST_OFF = (-4012, 400, "White list is not opened.")
    SECOND_FACTOR_OFF = (-4013, 400, "2FA is not opened.")
    WITHDRAWALS_LIMITED = (-4015, 400, "Withdraw is limited.", "Withdraw is limited. {}")
    PASSWORD_CHANGED = (-4016, 400, "Within 24 hours after password modification, withdrawal is prohibited.")
    FACTOR_CHANGED = (-4017, 400, "Within 24 hours after the release of 2FA, withdrawal is prohibited.")
    NO_SUCH_ASSET = (-4018, 400, "We don't have this asset.")
    WITHDRAWALS_CLOSED = (-4019, 400, "Current asset is not open for withdrawal.")
    NOT_A_MULTIPLE = (-4021, 400, "Asset withdrawal must be an {} multiple of {}.")
    BELOW_MINIMUM = (-4022, 400, "Not less than the minimum pick-up quantity {}.")
    ABOVE_MAXIMUM = (-4023, 400, "Within 24 hours, the withdrawal exceeds the maximum amount.")
    ASSET_NOT_HELD = (-4024, 400, "You don't have this asset.")
    INSUFFICIENT_BALANCE = (-4026, 400, "You have insufficient balance.")
    BELOW_FEE = (-4028, 400, "The amount of withdrawal must be greater than the Commission.")
    NO_SUCH_WITHDRAWAL = (-4029, 400, "The withdrawal record does not exist.")
    CANCELLATION_FAILED = (-4031, 400, "Cancellation failed.")
    ILLEGAL_ADDRESS = (-4033, 400, "Illegal address.", "Illegal address. {}")
    SUSPECTED_ADDRESS = (-4034, 400, "The address is suspected of fake.")
    NOT_ALLOW_LISTED = (-4035, 400, "This address is not on the whitelist. Please join and try again.")
    NEWLY_ALLOW_LISTED = (-4036, 400, "The new address needs to be withdrawn in {} hours.")
    NO_SUCH_USER = (-4039, 400, "The user does not exist.")
    DEPOSITS_CLOSED = (-4040, 400, "This address not charged.")
    TOO_MANY_ADDRESSES = (-4043, 400, "More than 100 recharge addresses were used in 24 hours.")
    COUNTRY_REFUSED = (-4044, 400, "This is a blacklist country.")
    AGREEMENT_NOT_CONFIRMED = (-4046, 400, "Agreement not confirmed.")
    INTERVAL_TOO_LONG = (-4047, 400, "Time interval must be within 0-90 days")
    DEPOSIT_LOCKED = (
        -4060,
        400,
        (
            "As your deposit has not reached the required block confirmations, we have temporarily locked {} asset; "
            "it can be withdrawn once the transaction is confirmed."
        ),
    )
    TOO_MANY_RECOVERIES = (-4104, 400, "{} of your recovery requests wait for an answer already.")
    DUST_SWITCHED_OFF = (-5001, 400, "Don't allow transfer to micro assets.")
    INSUFFICIENT_ASSET = (-5002, 400, "You have insufficient balance.")
    NOTHING_HELD = (-5003, 400, "You don't have this asset.")
    NOT_DUST = (-5004, 400, "The residual balances of {} have exceeded 0.001BTC, Please re-choose.")
    DUST_TOO_SMALL = (-5005, 400, "The residual balances of {} is too low, Please re-choose.")
    DUST_ONCE_A_DAY = (-5006, 400, "Only transfer once in 24 hours.")
    AMOUNT_NOT_POSITIVE = (-5007, 400, "Quantity must be greater than zero.")
    TRANSFER_FAILED = (-5010, 400, "Asset transfer fail.")
    NO_FUTURES_ACCOUNT = (-5011, 400, "future account not exists.")
    TRANSFER_INSUFFICIENT = (-5013, 400, "Asset transfer failed: insufficient balance")
    NO_RELATION = (-5021, 400, "This parent sub have no relation")
    NO_SUB_ACCOUNT_RELATION = (-5022, 400, "future account or sub relation not exists.")
