//! The state and the one way to change it.

use crate::commissions::Commissions;
use crate::course::Course;
use crate::open_orders::OpenOrders;
use crate::order_lists::OrderLists;
use crate::routing::Pool;
use crate::streams::Streams;
use crate::symbols::{Asset, Symbol};
use rialto_ledger::Ledger;
use rialto_types::event::CommandRejected;
use rialto_types::index::SlotIndex;
use rialto_types::{AssetId, Command, Event, ExchangeLimits, Rejection, SymbolId};

/// The whole live state of the exchange.
#[derive(Default)]
pub struct Engine {
    pub(crate) sequence: u64,
    pub(crate) time_us: u64,
    pub(crate) assets: Vec<Asset>,
    pub(crate) symbols: Vec<Symbol>,
    pub(crate) asset_names: SlotIndex,
    pub(crate) symbol_names: SlotIndex,
    /// The first symbol of each pair of assets.
    pub(crate) pairs: SlotIndex,
    pub(crate) pools: Vec<Pool>,
    pub(crate) limits: ExchangeLimits,
    pub(crate) commissions: Commissions,
    pub(crate) ledger: Ledger,
    pub(crate) open_orders: OpenOrders,
    pub(crate) lists: OrderLists,
    pub(crate) streams: Streams,
    pub(crate) course: Course,
}

impl Engine {
    /// An exchange with its house accounts and nothing else.
    pub fn new() -> Engine {
        Engine::default()
    }

    /// The sequence number of the last command applied; 0 before the first.
    pub fn sequence(&self) -> u64 {
        self.sequence
    }

    /// The time of the last command applied, in microseconds since the Unix epoch.
    pub fn time_us(&self) -> u64 {
        self.time_us
    }

    /// Apply one command and append what happened to `events`.
    ///
    /// `sequence` is one more than the last and `time_us` not earlier; anything else is a defect of the caller. A
    /// refusal is one [`Event::CommandRejected`] and no change.
    pub fn apply(&mut self, sequence: u64, time_us: u64, command: &Command, events: &mut Vec<Event>) {
        assert_eq!(sequence, self.sequence + 1, "commands are applied in sequence");
        assert!(time_us >= self.time_us, "time does not go back: {time_us} after {}", self.time_us);
        self.sequence = sequence;
        self.time_us = time_us;
        self.ledger.balances.set_time(time_us);
        let start = events.len();
        let result = match command {
            Command::PlaceOrder(command) => self.place_order(command, events),
            Command::CancelOrder(command) => self.cancel_order(command, events),
            Command::CancelAllOrders(command) => self.cancel_all_orders(command, events),
            Command::Post(command) => self.post(command, events),
            Command::Record(command) => self.record(command, events),
            Command::OpenAccount(command) => self.open_account(command, events),
            Command::RegisterAsset(command) => self.register_asset(command, events),
            Command::ListSymbol(command) => self.list_symbol(command, events),
            Command::ReplaceOrder(command) => self.replace_order(command, events),
            Command::AmendOrder(command) => self.amend_order(command, events),
            Command::PlaceOrderList(command) => self.place_order_list(command, events),
            Command::CancelOrderList(command) => self.cancel_order_list(command, events),
            Command::SetSymbolStatus(command) => self.set_symbol_status(command, events),
            Command::SetReferencePrice(command) => self.set_reference_price(command, events),
            Command::SetCommission(command) => self.set_commission(command, events),
            Command::SetDiscount(command) => self.set_discount(command, events),
            Command::SetAccountDiscount(command) => self.set_account_discount(command, events),
            Command::SetExchangeLimits(command) => self.set_exchange_limits(command, events),
            Command::SetAssetLimit(command) => self.set_asset_limit(command, events),
            Command::PoolSymbols(command) => self.pool_symbols(command, events),
            Command::ReportBlockTrade(command) => self.report_block_trade(command, events),
            Command::Unreadable(_) => Err(Rejection::UnreadableCommand {}),
        };
        if let Err(rejection) = result {
            assert_eq!(events.len(), start, "a refused command states nothing else");
            events.push(Event::CommandRejected(CommandRejected { rejection }));
        }
        assert!(self.ledger.balances.is_balanced(), "command {sequence} made or lost money");
    }

    pub(crate) fn symbol(&self, symbol: SymbolId) -> Result<&Symbol, Rejection> {
        self.symbols.get(symbol.index()).ok_or(Rejection::UnknownSymbol { symbol })
    }

    pub(crate) fn check_asset(&self, asset: AssetId) -> Result<(), Rejection> {
        if asset.index() < self.assets.len() { Ok(()) } else { Err(Rejection::UnknownAsset { asset }) }
    }
}
