"""The stand-in's pages: one that takes a card, one that asks its holder, one that says how it went."""

from html import escape
from typing import Final

from rialto.products.fiat.cards.provider import Payment
from rialto.products.fiat.cards.stand_in.cards import TEST_CARDS, TITLES

CODE: Final = "123456"
"""What the card's bank sent to its holder."""

_FRAME: Final = """<!doctype html><html lang="en"><meta charset="utf-8"><title>{title}</title>
<meta name="viewport" content="width=device-width"><style>body{{font:16px system-ui;max-width:32rem;margin:2rem auto;
padding:0 1rem}}input,button{{font:inherit;padding:.5rem;width:100%;box-sizing:border-box;margin:.25rem 0}}
td{{padding:.1rem .5rem .1rem 0}}.no{{color:#b00}}</style><h1>{title}</h1>{body}</html>"""


def card_page(payment: Payment, complaint: str = "") -> str:
    """Ask for a card."""
    rows = "".join(f"<tr><td><code>{number}</code><td>{TITLES[does]}" for number, does in TEST_CARDS.items())
    declined = payment.declines[-1].reason.replace("_", " ") if payment.declines else ""
    said = escape(complaint or declined)
    return _framed(
        f"Pay {_money(payment)}",
        f'<p>A stand-in for a card provider: no money moves.</p><p class="no">{said}</p>'
        '<form method="post"><label>Card number<input name="number" inputmode="numeric" autocomplete="off" required>'
        "</label><label>Valid until<input name=expiry placeholder=MM/YY></label>"
        "<label>Check digits<input name=cvc placeholder=123></label><button>Pay</button></form>"
        f"<table>{rows}</table>",
    )


def challenge_page(payment: Payment) -> str:
    """Ask the card's holder whether it is them, as the card's bank does."""
    return _framed(
        "Is it you?",
        f"<p>Your bank asks whether you pay {_money(payment)}. The code is {CODE}.</p>"
        '<form method="post"><label>Code<input name="code" autocomplete="one-time-code" required></label>'
        "<button>It is me</button></form>",
    )


def end_page(payment: Payment) -> str:
    """Say how it went."""
    return _framed("Payment", f"<p>The payment of {_money(payment)} is {payment.state.value}.</p>")


def _framed(title: str, body: str) -> str:
    return _FRAME.format(title=escape(title), body=body)


def _money(payment: Payment) -> str:
    return f"{payment.amount // 100}.{payment.amount % 100:02d} {escape(payment.currency)}"
