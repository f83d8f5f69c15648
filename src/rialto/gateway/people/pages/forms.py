"""What stands on each page: its text, its forms, and the call that what a form sends is for."""

from typing import Any, Final, NamedTuple

from rialto.gateway.people.security_calls import FORGOTTEN, FREEZE, RESET
from rialto.gateway.people.sign_up_calls import CONFIRM, SIGN_UP
from rialto.identity.factors.kinds import FactorKind
from rialto.wire.endpoints import Endpoint

MAIL_SENT: Final = "If the address can have such a mail, it is on its way. It works for half an hour."


class Field(NamedTuple):
    """A field of a form, named as the call's parameter."""

    name: str
    label: str
    kind: str
    """A type of HTML's input."""
    autocomplete: str = "off"
    is_required: bool = True
    choices: tuple[tuple[str, str], ...] = ()


class Form(NamedTuple):
    """A form: where it is sent to, what for, and what is told once that is done."""

    path: str
    endpoint: Endpoint[Any]
    heading: str
    fields: tuple[Field, ...]
    button: str
    done: str

    @property
    def id(self) -> str:
        """What tells its fields from another form's."""
        return self.path.rpartition("/")[2]


class PageText(NamedTuple):
    """A page."""

    title: str
    text: tuple[str, ...]
    forms: tuple[Form, ...] = ()
    links: tuple[tuple[str, str], ...] = ()


EMAIL: Final = Field("email", "E-mail address", "email", "email")
CODE: Final = Field("code", "Code from the mail", "text", "one-time-code")
NEW_PASSWORD: Final = Field("password", "New password", "password", "new-password")
TOKEN: Final = Field("token", "", "hidden")
FACTORS: Final = (
    ("", "none"),
    (FactorKind.TOTP.value, "Authenticator app"),
    (FactorKind.RECOVERY_CODE.value, "Recovery code"),
)

SIGN_UP_PAGE: Final = PageText(
    "Sign up",
    ("First the address gets a mail with a code; with it you choose a password.",),
    (
        Form(
            "/account/sign-up/confirm",
            CONFIRM,
            "Enter the code",
            (EMAIL, CODE, NEW_PASSWORD),
            "Open the account",
            "Your account is ready, and you are logged in.",
        ),
        Form("/account/sign-up/mail", SIGN_UP, "Have a code sent", (EMAIL,), "Send the mail", MAIL_SENT),
    ),
    (("/account/login", "You have an account already?"),),
)
RESET_PAGE: Final = PageText(
    "Set a new password",
    (
        "All sessions end with it, and nothing can be withdrawn for a day.",
        "An account that you froze, and that has a second factor, needs that as well.",
    ),
    (
        Form(
            "/account/reset/confirm",
            RESET,
            "Enter the code",
            (
                *(EMAIL, CODE, NEW_PASSWORD),
                Field("factor", "Second factor of a frozen account", "select", is_required=False, choices=FACTORS),
                Field("factorCode", "Its code", "text", "one-time-code", is_required=False),
            ),
            "Set the password",
            "Your new password is set. Log in with it.",
        ),
        Form("/account/reset/mail", FORGOTTEN, "Have a code sent", (EMAIL,), "Send the mail", MAIL_SENT),
    ),
)
FREEZE_PAGE: Final = PageText(
    "Freeze your account",
    (
        "Nobody can log in, trade or withdraw any more; open orders are canceled and API keys rest.",
        "To use the account again, you set a new password by mail.",
    ),
    (
        Form(
            "/account/freeze/confirm",
            FREEZE,
            "",
            (TOKEN,),
            "Freeze the account now",
            "Your account is frozen. To use it again, set a new password.",
        ),
    ),
    (("/account/password", "Set a new password"),),
)
LOGIN_PAGE: Final = PageText(
    "Log in",
    ("Log in with the application you trade with. Nothing is asked for on this page.",),
    links=(("/account/password", "You forgot your password?"), ("/account/sign-up", "You have no account yet?")),
)

PAGES: Final[dict[str, PageText]] = {
    "/account/sign-up": SIGN_UP_PAGE,
    "/account/reset": RESET_PAGE,
    "/account/password": RESET_PAGE,
    "/account/freeze": FREEZE_PAGE,
    "/account/login": LOGIN_PAGE,
}
FORMS: Final[dict[str, tuple[PageText, Form]]] = {
    form.path: (page, form) for page in PAGES.values() for form in page.forms
}
