//! Orders, lists, and what is done to them, as a scenario writes them.

use super::Script;
use super::words::{self, Words};
use rialto_types::command::{
    AmendOrder, CancelAllOrders, CancelOrder, CancelOrderList, CancelRestriction, ListReference, NewOrder,
    OrderReference, PlaceOrder, PlaceOrderList, ReplaceMode, ReplaceOrder,
};
use rialto_types::{
    AccountId, ClientOrderId, Command, Contingency, OrderId, OrderListId, OrderTerms, OrderType, Peg, PegPrice, Side,
    SymbolId, TimeInForce,
};

impl Script {
    pub(super) fn read_order(
        &mut self,
        account: AccountId,
        symbol: SymbolId,
        side: Side,
        words: &mut Words,
    ) -> Command {
        let (order, is_routed) = self.read_new_order(side, words);
        Command::PlaceOrder(PlaceOrder { account, symbol, order, is_routed })
    }

    /// `<quantity> @ <price> ...` or `<quantity> market ...`, and whether it is routed.
    pub(super) fn read_new_order(&mut self, side: Side, words: &mut Words) -> (NewOrder, bool) {
        self.unnamed_orders += 1;
        let mut order = NewOrder {
            client_order_id: ClientOrderId::new(&format!("unnamed-{}", self.unnamed_orders)).unwrap(),
            side,
            order_type: OrderType::Market,
            time_in_force: TimeInForce::GoodTillCanceled,
            price: None,
            quantity: None,
            quote_quantity: None,
            self_trade_prevention: None,
            terms: None,
        };
        let (mut terms, mut is_routed) = (OrderTerms::default(), false);
        if words.peek().is_some_and(|word| word.starts_with(|c: char| c.is_ascii_digit())) {
            order.quantity = Some(words.parse());
        }
        if words.take("@") {
            order.order_type = OrderType::Limit;
            if words.take("peg") {
                terms.peg = Some(read_peg(words));
            } else {
                order.price = Some(words.parse());
            }
        } else {
            words.expect("market");
        }
        while let Some(word) = words.peek() {
            words.next();
            match word {
                "GTC" => order.time_in_force = TimeInForce::GoodTillCanceled,
                "IOC" => order.time_in_force = TimeInForce::ImmediateOrCancel,
                "FOK" => order.time_in_force = TimeInForce::FillOrKill,
                "maker" => order.order_type = OrderType::LimitMaker,
                "stop-loss" => order.order_type = contingent(order.order_type, true),
                "take-profit" => order.order_type = contingent(order.order_type, false),
                "at" => terms.stop_price = Some(words.parse()),
                "trail" => terms.trailing_delta = Some(words.parse()),
                "show" => terms.iceberg_quantity = Some(words.parse()),
                "peg" => terms.peg = Some(read_peg(words)),
                "strategy" => {
                    terms.strategy_id = Some(words.parse());
                    terms.strategy_type = Some(words.parse());
                }
                "routed" => is_routed = true,
                "for" => order.quote_quantity = Some(words.parse()),
                "stp" => order.self_trade_prevention = Some(words::mode_named(words.next())),
                "as" => order.client_order_id = ClientOrderId::new(words.next()).unwrap(),
                other => panic!("no such word in an order: {other}"),
            }
        }
        order.terms = (!terms.is_empty()).then_some(terms);
        (order, is_routed)
    }

    /// `oco as name: sells 1 @ 110 maker | sells 1 market stop-loss at 90`
    pub(super) fn read_list(&mut self, account: AccountId, symbol: SymbolId, text: &str) -> Command {
        let (head, orders) = text.split_once(':').expect("a list has orders behind a colon");
        let mut words = Words::new(head);
        words.next();
        words.expect("lists");
        let contingency = match words.next() {
            "oco" => Contingency::OneCancelsTheOther,
            "oto" => Contingency::OneTriggersTheOther,
            "otoco" => Contingency::OneTriggersOneCancelsTheOther,
            other => panic!("no such list: {other}"),
        };
        let one_pays_the_other = words.take("paid");
        let name = if words.take("as") { words.next().to_owned() } else { format!("list-{}", self.unnamed_orders) };
        let client_order_id = ClientOrderId::new(&name).unwrap();
        let mut read = |text: &str| {
            let mut words = Words::new(text);
            let side = if words.take("buys") { Side::Buy } else { Side::Sell };
            if side == Side::Sell {
                words.expect("sells");
            }
            self.read_new_order(side, &mut words).0
        };
        let orders: Vec<NewOrder> = orders.split('|').map(&mut read).collect();
        let list = PlaceOrderList { account, symbol, client_order_id, contingency, one_pays_the_other, orders };
        Command::PlaceOrderList(Box::new(list))
    }

    /// `alice replaces #1 [only-new] [allow]: buys 1 @ 100`
    pub(super) fn read_replacement(&mut self, account: AccountId, text: &str) -> Command {
        let (head, order) = text.split_once(':').expect("a replacement has an order behind a colon");
        let mut words = Words::new(head);
        let _ = (words.next(), words.next());
        let symbol = self.symbol_at_end(&mut words);
        let mode = if words.take_last("allow") { ReplaceMode::AllowFailure } else { ReplaceMode::StopOnFailure };
        let (cancel, restriction) = read_reference(&mut words);
        let mut words = Words::new(order);
        let side = if words.take("buys") { Side::Buy } else { Side::Sell };
        if side == Side::Sell {
            words.expect("sells");
        }
        let order = self.read_new_order(side, &mut words).0;
        Command::ReplaceOrder(ReplaceOrder { account, symbol, cancel, restriction, cancel_id: None, mode, order })
    }
}

pub(super) fn read_cancellation(account: AccountId, symbol: SymbolId, words: &mut Words) -> Command {
    if words.take("all") {
        return Command::CancelAllOrders(CancelAllOrders { account, symbol, cancel_id: None });
    }
    if words.take("list") {
        let word = words.next();
        let list_id = word.parse().ok().map(OrderListId);
        let client_order_id = list_id.is_none().then(|| ClientOrderId::new(word).unwrap());
        let list = ListReference { list_id, client_order_id };
        return Command::CancelOrderList(CancelOrderList { account, symbol, list, cancel_id: None });
    }
    let (order, restriction) = read_reference(words);
    Command::CancelOrder(CancelOrder { account, symbol, order, restriction, cancel_id: None })
}

/// `#1 name only-new`, each of them or none.
pub(super) fn read_reference(words: &mut Words) -> (OrderReference, Option<CancelRestriction>) {
    let mut order = OrderReference { order_id: None, client_order_id: None };
    let mut restriction = None;
    while words.peek().is_some() {
        let word = words.next();
        match (word, word.strip_prefix('#')) {
            (_, Some(id)) => order.order_id = Some(OrderId(id.parse().unwrap())),
            ("only-new", None) => restriction = Some(CancelRestriction::OnlyNew),
            ("only-partial", None) => restriction = Some(CancelRestriction::OnlyPartiallyFilled),
            (name, None) => order.client_order_id = Some(ClientOrderId::new(name).unwrap()),
        }
    }
    (order, restriction)
}

/// `#1 to 0.5 as name`
pub(super) fn read_amendment(account: AccountId, symbol: SymbolId, words: &mut Words) -> Command {
    let client_order_id = ClientOrderId::new(words.take_last_after("as").unwrap_or("amended")).unwrap();
    let quantity = words.take_last_after("to").expect("an amendment is to a quantity").parse().unwrap();
    let (order, _) = read_reference(words);
    Command::AmendOrder(AmendOrder { account, symbol, order, client_order_id, quantity })
}

/// `primary` or `market`, and how many levels behind.
fn read_peg(words: &mut Words) -> Peg {
    let price = if words.take("primary") { PegPrice::Primary } else { PegPrice::Market };
    if price == PegPrice::Market {
        words.expect("market");
    }
    let has_offset = words.peek().is_some_and(|word| word.parse::<u8>().is_ok());
    Peg { price, offset: has_offset.then(|| words.parse()) }
}

/// The type that waits for a price, with or without a limit.
fn contingent(order_type: OrderType, is_stop_loss: bool) -> OrderType {
    match (order_type, is_stop_loss) {
        (OrderType::Market, true) => OrderType::StopLoss,
        (OrderType::Market, false) => OrderType::TakeProfit,
        (_, true) => OrderType::StopLossLimit,
        (_, false) => OrderType::TakeProfitLimit,
    }
}
