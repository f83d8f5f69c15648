"""The classification of tables about what people own and traded, and of those that are about markets alone."""

from typing import Final

from rialto.identity.privacy.declaration import (
    Age,
    ByAccount,
    ByOwner,
    Classified,
    Form,
    Impersonal,
    Kept,
    OpenUnless,
    Personal,
    Seal,
    Sealed,
    Topic,
)
from rialto.identity.privacy.obstacles import Obstacle

_FIAT_DONE: Final = frozenset(("ORDER_SUCCESS", "ORDER_FAILED", "ORDER_EXPIRED", "ORDER_REFUNDED"))

_CUSTODY: Final = (
    # Without it, what arrives later at an address would have no owner.
    Personal(
        "deposit_addresses",
        Topic.ADDRESSES,
        Kept.BOOKS,
        shown="number network owner address tag created_at_us",
        hidden="place",
        at="created_at_us",
    ),
    Personal(
        "allow_list",
        Topic.ADDRESSES,
        Kept.ACCOUNT,
        shown="id owner network coin address tag name origin is_allowed added_at_us",
        at="added_at_us",
    ),
    Personal("allow_list_switches", Topic.ADDRESSES, Kept.ACCOUNT, shown="owner is_on changed_at_us"),
    Personal(
        "withdrawal_codes",
        Topic.WITHDRAWALS,
        Kept.ACCOUNT,
        shown="",
        hidden="withdrawal owner digest attempts expires_at_us",
        age=Age("expires_at_us"),
    ),
    Personal(
        "sightings",
        Topic.DEPOSITS,
        Kept.BOOKS,
        shown="stream number network transaction_id credit_index address tag contract asset chain_amount senders owner "
        "height block seen_at_us",
        hidden="is_house gone_at is_settled",
        at="seen_at_us",
        open_unless=(OpenUnless("is_settled", frozenset((True,)), Obstacle.DEPOSIT_ON_ITS_WAY),),
    ),
    Personal(
        "deposits",
        Topic.DEPOSITS,
        Kept.BOOKS,
        shown="stream number network transaction_id credit_index address tag contract asset owner chain_amount units "
        "state height shortfall lack recorded_at_us changed_at_us",
        hidden="remainder reason is_due",
        at="recorded_at_us",
        open_unless=(
            OpenUnless("state", frozenset(("credited", "settled", "reversed", "house")), Obstacle.DEPOSIT_WAITS),
            OpenUnless("lack", frozenset(("",)), Obstacle.DEPOSIT_OWED),
        ),
    ),
    Personal(
        "recoveries",
        Topic.DEPOSITS,
        Kept.BOOKS,
        shown="id owner network transaction_id coin state given fee reason filed_at_us answered_at_us address tag "
        "withdrawal",
        hidden="operator",
        at="filed_at_us",
        open_unless=(OpenUnless("state", frozenset(("settled", "refused", "returned")), Obstacle.RECOVERY),),
    ),
    Personal(
        "withdrawals",
        Topic.WITHDRAWALS,
        Kept.BOOKS,
        shown="id owner account asset coin network address tag contract amount fee chain_amount value client_id wallet "
        "state info transaction_id confirmations requested_at_us ended_at_us",
        hidden="recipient approvals_needed operators risk is_to_go_alone payout refusal waits_until_us is_return",
        at="requested_at_us",
        open_unless=(
            OpenUnless("state", frozenset(("completed", "canceled", "refused", "failed")), Obstacle.WITHDRAWAL),
        ),
    ),
    Personal(
        "travel_rule_records",
        Topic.TRAVEL_RULE,
        Kept.LAW,
        shown="id owner direction subject given_at_us",
        sealed=Sealed("sealed", "travel rule {direction}"),
        at="given_at_us",
    ),
)

_PRODUCTS: Final = (
    Personal(
        "fiat_beneficiaries",
        Topic.FIAT,
        Kept.LAW,
        shown="order_no owner",
        sealed=Sealed("sealed", "fiat beneficiary {order_no}", Form.JSON, Seal.MASTER),
    ),
    Personal(
        "fiat_orders",
        Topic.FIAT,
        Kept.BOOKS,
        shown="order_no owner kind asset bank method indicated amount fee stage reason entry claim created_at_us "
        "updated_at_us",
        hidden="message shortfall has_claim",
        at="created_at_us",
        open_unless=(
            OpenUnless("stage", _FIAT_DONE, Obstacle.FIAT_ORDER),
            OpenUnless("has_claim", frozenset((False,)), Obstacle.DEPOSIT_OWED),
        ),
    ),
    Personal(
        "fiat_cards",
        Topic.FIAT,
        Kept.ACCOUNT,
        shown="card owner kept_at_us",
        sealed=Sealed("sealed", "fiat card {card}", Form.JSON, Seal.MASTER),
        at="kept_at_us",
    ),
    Personal(
        "card_orders",
        Topic.FIAT,
        Kept.BOOKS,
        shown="order_no owner kind asset amount fee other_asset other_amount price stage payment reason declines "
        "refunded claim created_at_us updated_at_us",
        # Whoever has the address of a payment's page can pay it.
        hidden="url refunds_waiting shortfall has_claim",
        at="created_at_us",
        open_unless=(
            OpenUnless("stage", _FIAT_DONE, Obstacle.CARD_ORDER),
            OpenUnless("refunds_waiting", frozenset((0,)), Obstacle.CARD_REFUND),
            OpenUnless("has_claim", frozenset((False,)), Obstacle.CARD_CLAIM),
        ),
    ),
    Personal(
        "transfers",
        Topic.TRANSFERS,
        Kept.BOOKS,
        shown="transfer asked_by from_owner from_class from_scope to_owner to_class to_scope asset amount channel "
        "client_id moved_at_us",
        hidden="family",
        whose=ByOwner(("from_owner", "to_owner", "asked_by")),
        at="moved_at_us",
    ),
    Personal(
        "planned_transfers",
        Topic.TRANSFERS,
        Kept.BOOKS,
        shown="plan asked_by from_owner from_class to_owner to_class asset amount due_us state transfer reason "
        "planned_at_us",
        hidden="id family",
        whose=ByOwner(("from_owner", "to_owner", "asked_by")),
        at="planned_at_us",
        open_unless=(OpenUnless("state", frozenset(("carried_out", "failed")), Obstacle.PLANNED_TRANSFER),),
    ),
    Personal("distribution_shares", Topic.PRODUCTS, Kept.BOOKS, shown="distribution owner account amount"),
    Personal(
        "dividends",
        Topic.PRODUCTS,
        Kept.BOOKS,
        shown="sequence position owner asset amount name paid_at_us",
        at="paid_at_us",
    ),
    Personal(
        "dust_exchanges",
        Topic.PRODUCTS,
        Kept.BOOKS,
        shown="sequence position owner account_class asset target amount worth fee at_us",
        at="at_us",
    ),
)

_TRADING: Final = (
    Personal(
        "trading_locks",
        Topic.ORDERS,
        Kept.ACCOUNT,
        shown="owner locked_at_us until_us indicator symbol",
        at="locked_at_us",
        age=Age("until_us", "log_days"),
    ),
    Personal("accounts", Topic.LEDGER, Kept.BOOKS, shown="account owner account_class scope", hidden="trade_group"),
    Personal(
        "orders",
        Topic.ORDERS,
        Kept.BOOKS,
        shown="order_id symbol account client_order_id side order_type time_in_force price quantity quote_quantity "
        "executed executed_quote self_trade_prevention prevented prevented_match_id status placed_at_us updated_at_us "
        "working_at_us list_id terms trailing_since_us pegged_price working_floor expiry_reason",
        whose=ByAccount(),
        at="placed_at_us",
    ),
    Personal(
        "order_lists",
        Topic.ORDERS,
        Kept.BOOKS,
        shown="list_id symbol account client_order_id contingency one_pays_the_other first_order_id second_order_id "
        "third_order_id placed_at_us",
        whose=ByAccount(),
        at="placed_at_us",
    ),
    Personal(
        "amendments",
        Topic.ORDERS,
        Kept.BOOKS,
        shown="symbol order_id execution_id account previous_client_order_id client_order_id previous_quantity "
        "quantity amended_at_us",
        whose=ByAccount(),
        at="amended_at_us",
    ),
    Personal(
        "prevented_matches",
        Topic.ORDERS,
        Kept.BOOKS,
        shown="prevented_match_id symbol account order_id mode price maker_quantity taker_quantity prevented_at_us",
        # The other order may be another's.
        hidden="maker_order_id taker_order_id trade_group_id",
        whose=ByAccount(),
        at="prevented_at_us",
    ),
    Personal(
        "fills",
        Topic.FILLS,
        Kept.BOOKS,
        shown="trade_id order_id symbol account price quantity quote_quantity fee fee_asset traded_at_us is_buyer "
        "is_maker",
        whose=ByAccount(),
        at="traded_at_us",
    ),
    Personal(
        "allocations",
        Topic.FILLS,
        Kept.BOOKS,
        shown="allocation_id symbol account order_id price quantity quote_quantity fee fee_asset allocated_at_us "
        "is_buyer",
        whose=ByAccount(),
        at="allocated_at_us",
    ),
    Personal(
        "ledger_entries",
        Topic.LEDGER,
        Kept.BOOKS,
        shown="sequence position account asset amount balance reason posted_at_us",
        whose=ByAccount(),
        at="posted_at_us",
    ),
    Personal("daily_balances", Topic.LEDGER, Kept.BOOKS, shown="account asset day free locked", whose=ByAccount()),
)

_NOT_OF_PEOPLE: Final = (
    Impersonal(
        "asset_switches",
        "network asset deposits_open withdrawals_open changed_by reason changed_at_us",
        "what operators switched",
    ),
    Impersonal("address_places", "network next_place", "counters"),
    Impersonal("chain_blocks", "network height hash parent time_us", "blocks of public chains"),
    Impersonal(
        "payouts",
        "id network purpose phase outcome transaction_id attempts fee cost_asset cost remainder opened_at_us "
        "decided_at_us",
        "transactions of the house, which carry payments of many",
    ),
    Impersonal(
        "refills",
        "id stream network asset direction tier amount hot total reason state payout operators result proposed_at_us "
        "ended_at_us",
        "of the house",
    ),
    Impersonal("signer_heads", "name entry head seen_at_us", "where the signer's record stands"),
    Impersonal("leases", "name holder token renewals", "which process does what only one may"),
    Impersonal("deposit_totals", "network asset contract remainder shortfall", "sums"),
    Impersonal("reserve_publications", "publication sequence published_at_us seed document", "published"),
    Impersonal("asset_names", "asset name", "of assets"),
    Impersonal("asset_tags", "asset tag", "of assets"),
    Impersonal("announcements", "id asked_by category title body published_at_us withdrawn_at_us", "published"),
    Impersonal("maintenance", "id is_on changed_by reason changed_at_us", "what operators switched"),
    Impersonal("market_schedule", "symbol change at_us done_at_us", "of markets"),
    Impersonal(
        "aggregated_trades",
        "symbol aggregate_id price quantity first_trade_id last_trade_id traded_at_us buyer_is_maker",
        "public",
    ),
    Impersonal("assets", "asset name", "of assets"),
    Impersonal(
        "block_trades",
        "symbol block_trade_id price quantity quote_quantity reported_at_us buyer_is_maker",
        "public",
    ),
    Impersonal(
        "candles",
        "symbol interval opened_at_us closes_at_us open high low close volume quote_volume trades taker_buy_volume "
        "taker_buy_quote_volume first_trade_id last_trade_id",
        "public",
    ),
    Impersonal(
        "stream_records",
        "kind id version payload sequence recorded_at_us",
        "the journal's events as they are in it: what they say of people stands in the tables of their products",
    ),
    Impersonal(
        "symbols",
        "symbol name base quote tick price_min price_max lot quantity_min quantity_max market_lot market_quantity_min "
        "market_quantity_max notional_min notional_min_applies_to_market notional_max notional_max_applies_to_market "
        "open_orders_max prevention_default prevention_allowed commission is_discounted rules",
        "of markets",
    ),
    Impersonal("watermark", "id sequence", "a counter"),
)

MONEY: Final[tuple[Classified, ...]] = (*_CUSTODY, *_PRODUCTS, *_TRADING, *_NOT_OF_PEOPLE)
