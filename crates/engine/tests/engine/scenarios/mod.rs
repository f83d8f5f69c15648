//! Scenario tables, each named after the rule of the API it shows. The language is described in `script`.

mod amendment;
mod cancellation;
mod commissions;
mod contingent_orders;
mod fees;
mod filters;
mod icebergs;
mod limit_orders;
mod listing;
mod market_filters;
mod market_orders;
mod money;
mod one_pays_the_other;
mod order_lists;
mod pegged_orders;
mod price_range;
mod records;
mod rejections;
mod replacement;
mod rounding;
mod self_trade_prevention;
mod smart_order_routing;
mod symbol_status;
mod trailing_stops;
