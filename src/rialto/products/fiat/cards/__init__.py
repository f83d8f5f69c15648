"""Cards: money and coins bought by card, and paid out to cards, over a provider whose pages take the card.

 client ─▶ order ─▶ provider's page: card, 3-D Secure ─▶ authorised ─▶ capture asked ─▶ captured ─▶ credited
                                                            provider ─▶ signed event: "look at this payment"

Promises: a card's number is never seen here; nothing is credited before it is captured; what was said twice, late or in
another order happens once, because an event of the provider's only says where to look, and what is there is asked for.
A chargeback takes back what was bought as far as it is there; the rest is a claim on who bought it, and while there is
one they withdraw nothing.
Accounts: the owner's spot account; per currency a custody account of the house, which holds minus what the provider
owes; the treasury, which sells what is bought and holds what is on its way back.
Streams: `card_order`, one per purchase or payout; `card_charge`, one per line of the provider's books with a fee;
`card_settlement`, one per currency.

Invariant: what the provider says it owes is minus the custody account, less what chargebacks took and nobody made good.
"""
