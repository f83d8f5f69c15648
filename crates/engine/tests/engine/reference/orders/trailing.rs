//! Orders that follow the market.

use super::{Id, Order, Place, Reference};
use rialto_types::event::TrailingStarted;
use rialto_types::{Event, Price, Side, SymbolId};

impl Reference {
    /// An order that was placed before starts to follow.
    pub(super) fn follow(&mut self, id: Id, best: Price) {
        let (entry, now_us) = (self.next_entry(), self.now_us);
        let order = self.order_mut(id);
        (order.place, order.entry) = (Place::Following { best }, entry);
        (order.state.trailing_since_us, order.state.updated_at_us) = (now_us, now_us);
        let order = order.state;
        self.events.push(Event::TrailingStarted(TrailingStarted { order }));
    }

    /// The best prices move, farthest behind first; each order that moves enters anew.
    pub(super) fn move_followers(&mut self, symbol: SymbolId, price: Price) {
        let mut moved: Vec<(i128, u64, Id)> = Vec::new();
        for order in self.orders.iter().filter(|order| order.state.symbol == symbol) {
            let Place::Following { best } = order.place else { continue };
            let is_better = if order.state.side == Side::Sell { price > best } else { price < best };
            if is_better {
                let ahead = i128::from(best.units());
                moved.push((if order.state.side == Side::Sell { ahead } else { -ahead }, order.entry, order.id()));
            }
        }
        moved.sort();
        for (.., id) in moved {
            let entry = self.next_entry();
            let order = self.order_mut(id);
            (order.place, order.entry) = (Place::Following { best: price }, entry);
        }
    }

    /// Orders whose trigger price is met start to work.
    pub(super) fn trigger_followers(&mut self, symbol: SymbolId, price: Price) {
        let units = i128::from(price.units());
        let is_here = |order: &&Order| order.state.symbol == symbol;
        let mut met: Vec<(bool, i128, u64, Id)> = Vec::new();
        for order in self.orders.iter().filter(is_here) {
            let Some(trigger) = self.trigger_of(order) else { continue };
            let is_above = order.state.side == Side::Buy;
            if if is_above { units >= trigger } else { units <= trigger } {
                met.push((is_above, if is_above { trigger } else { -trigger }, order.entry, order.id()));
            }
        }
        met.sort();
        for (.., id) in met {
            if self.find(id).is_some_and(|order| matches!(order.place, Place::Following { .. })) {
                self.line_up(id);
            }
        }
    }

    /// Where an order that follows starts to work: a part of its best price, away from the market by a whole tick.
    fn trigger_of(&self, order: &Order) -> Option<i128> {
        let Place::Following { best } = order.place else { return None };
        let (best, delta) = (i128::from(best.units()), i128::from(order.trailing_delta()?));
        let step = 10_000 * i128::from(self.spec(order.state.symbol).tick.units());
        let tick = step / 10_000;
        Some(match order.state.side {
            Side::Sell => best * (10_000 - delta) / step * tick,
            Side::Buy => (best * (10_000 + delta) + step - 1) / step * tick,
        })
    }
}
