"""What the exchange writes to people: a subject and a body for each occasion, with `{name}` for each value.

A link in a mail is always built from the exchange's own address, never from what a request said. Values are one
printable line each; whoever sends gives all that the text has places for.
"""

from typing import Final, NamedTuple


class MailTemplate(NamedTuple):
    """One occasion."""

    subject: str
    body: str


TEMPLATES: Final[dict[str, MailTemplate]] = {
    "verify-address": MailTemplate(
        "Confirm your e-mail address",
        "Someone, probably you, is signing up with this address.\n\n"
        "Open this link to go on: {link}\n\nIf it asks for it, enter the code {code}.\n\n"
        "Both work for {minutes} minutes. If it was not you, do nothing.",
    ),
    "address-in-use": MailTemplate(
        "You have an account already",
        "Someone, probably you, tried to sign up with this address, which has an account already.\n\n"
        "Log in at {link}, or ask for a new password there. If it was not you, do nothing.",
    ),
    "reset-password": MailTemplate(
        "Set a new password",
        "Someone, probably you, asked for a new password.\n\n"
        "Open this link to set it: {link}\n\nIf it asks for it, enter the code {code}.\n\n"
        "Both work for {minutes} minutes. If it was not you, do nothing: your password stays as it is.",
    ),
    "no-account": MailTemplate(
        "There is no account with this address",
        "Someone, probably you, asked for a new password, but there is no account with this address.\n\n"
        "Sign up at {link}. If it was not you, do nothing.",
    ),
    "confirm-withdrawal": MailTemplate(
        "Confirm your withdrawal",
        "Someone, probably you, wants to withdraw {amount} {coin} to {destination}, from {address} ({client}).\n\n"
        "Enter the code {code} to go on. It works for {minutes} minutes.\n\n"
        "If it was not you, cancel it, and change your password at once.",
    ),
    "allow-list-changed": MailTemplate(
        "The addresses you allow were changed",
        "From {address} ({client}): {what}.\n\nIf it was not you, freeze your account at once.",
    ),
    "password-changed": MailTemplate(
        "Your password was changed",
        "Your password was changed from {address} ({client}). All other sessions have ended, and nothing can be "
        "withdrawn for {hours} hours.\n\nIf it was not you, freeze your account at once: {freeze_link}",
    ),
    "new-device": MailTemplate(
        "Login from a new device",
        "Your account was used from a device that is not known yet.\n\n"
        "When: {time}\nAddress: {address}\nPlace: {place}\nClient: {client}\n\n"
        "If it was not you, freeze your account at once: {freeze_link}",
    ),
    "login": MailTemplate(
        "Login to your account",
        "Your account was used from a device that is known.\n\n"
        "When: {time}\nAddress: {address}\nPlace: {place}\nClient: {client}\n\n"
        "If it was not you, freeze your account at once: {freeze_link}",
    ),
    "account-frozen": MailTemplate(
        "Your account is frozen",
        "Your account was frozen from {address}. Nobody can log in, trade or withdraw; API keys rest.\n\n"
        "To use it again, set a new password at {link}, or write to the exchange.",
    ),
    "account-unfrozen": MailTemplate("Your account can be used again", "Your account is no longer frozen."),
    "confirm-new-address": MailTemplate(
        "Confirm your new e-mail address",
        "This address is to become the one of an account.\n\nEnter the code {code} to confirm that it is yours. "
        "It works for {minutes} minutes. If it was not you, do nothing.",
    ),
    "confirm-address-change": MailTemplate(
        "Confirm the change of your e-mail address",
        "The address of your account is to become {email}.\n\nEnter the code {code} to confirm. It works for "
        "{minutes} minutes.\n\nIf it was not you, freeze your account at once: {freeze_link}",
    ),
    "address-changed": MailTemplate(
        "Your e-mail address was changed",
        "The address of your account is {email} now. Nothing can be withdrawn for {hours} hours.\n\n"
        "If it was not you, freeze your account at once: {freeze_link}",
    ),
    "factor-changed": MailTemplate(
        "Your account's security was changed",
        "Your account's security was changed from {address} ({client}): {what}. Nothing can be withdrawn for {hours} "
        "hours.\n\nIf it was not you, set a new password at once, and write to the exchange.",
    ),
    "key-created": MailTemplate(
        "An API key was made",
        "The API key {label} was made from {address} ({client}). It may: {permissions}.\n\n"
        "If it was not you, revoke it at once, and set a new password.",
    ),
    "key-changed": MailTemplate(
        "An API key was changed",
        "The API key {label} was changed from {address} ({client}). It may: {permissions}.\n\n"
        "If it was not you, revoke it at once, and set a new password.",
    ),
    "key-revoked": MailTemplate(
        "An API key was revoked",
        "The API key {label} was revoked from {address} ({client}); it was for: {permissions}.",
    ),
    "verification-approved": MailTemplate(
        "You are verified", "You are verified to level {level}; what it allows can be used at once."
    ),
    "verification-refused": MailTemplate(
        "You could not be verified", "You could not be verified to level {level}. The reason: {reason}"
    ),
    "verification-more-wanted": MailTemplate(
        "More is needed to verify you", "To verify you to level {level} more is needed: {reason}"
    ),
    "verification-expired": MailTemplate(
        "A document has run out",
        "A document that verified you to level {level} has run out. Show a valid one to have that level again.",
    ),
    "withdrawal-held": MailTemplate(
        "Your withdrawal is being reviewed",
        "Your withdrawal of {amount} {coin} to {destination} has not left yet: the exchange has to look at it again. "
        "You need do nothing. It is then paid, or what it took is given back; until then you can cancel it.",
    ),
    "payment-returned": MailTemplate(
        "Your payment came back",
        "The payment of {amount} {currency} from your account came back; what was paid is in your account again.\n\n"
        "The reason: {reason}\n\nThe order: {order}",
    ),
    "deposit-taken-back": MailTemplate(
        "A bank transfer to you was taken back",
        "The bank took back {amount} {currency} that had come to your account; it was taken from there.\n\n"
        "The reason: {reason}\n\nStill to be made good: {claim} {currency}. Nothing can be withdrawn until it is.\n\n"
        "The order: {order}",
    ),
    "export-ready": MailTemplate(
        "The copy of your data is ready",
        "The copy of your data that was asked for in your account is ready, and can be fetched there for {hours} hours."
        "\n\nIf it was not you, set a new password at once, and write to the exchange.",
    ),
    "closing-asked": MailTemplate(
        "Your account is to be closed",
        "You asked for your account to be closed for good. This is done after {days} days; until then, log in to take "
        "it back.\n\nIf it was not you, set a new password at once, and take it back.",
    ),
    "closing-canceled": MailTemplate("Your account stays open", "Your account is no longer to be closed."),
    "account-closed": MailTemplate(
        "Your account is closed",
        "Your account is closed for good. What the law demands is kept for as long as it demands, and then destroyed.",
    ),
}
"""Each part adds its own."""
