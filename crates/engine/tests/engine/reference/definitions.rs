//! Assets, symbols and accounts.

use super::{Reference, Symbol};
use rialto_types::command::{OpenAccount, RegisterAsset};
use rialto_types::event::{AccountOpened, AssetRegistered, SymbolListed};
use rialto_types::{AccountClass, AccountId, AssetId, Event, Rejection, SymbolId, SymbolSpec, SymbolStatus};

impl Reference {
    pub(super) fn register_asset(&mut self, command: &RegisterAsset) -> Result<(), Rejection> {
        if let Some(position) = self.assets.iter().position(|name| *name == command.name) {
            return Err(Rejection::AssetExists { asset: AssetId(position as u32) });
        }
        if command.name.is_empty() {
            return Err(Rejection::InvalidSymbol { field: "name" });
        }
        let asset = AssetId(self.assets.len() as u32);
        self.assets.push(command.name);
        self.events.push(Event::AssetRegistered(AssetRegistered { asset, name: command.name }));
        Ok(())
    }

    pub(super) fn list_symbol(&mut self, spec: &SymbolSpec) -> Result<(), Rejection> {
        if let Some(position) = self.symbols.iter().position(|symbol| symbol.spec.name == spec.name) {
            return Err(Rejection::SymbolExists { symbol: SymbolId(position as u32) });
        }
        self.must_know_asset(spec.base)?;
        self.must_know_asset(spec.quote)?;
        // Every other contradiction is shown in the scenarios; random definitions have only these.
        if spec.name.is_empty() {
            return Err(Rejection::InvalidSymbol { field: "name" });
        }
        if spec.base == spec.quote {
            return Err(Rejection::InvalidSymbol { field: "base" });
        }
        let symbol = SymbolId(self.symbols.len() as u32);
        self.symbols.push(Symbol {
            spec: spec.clone(),
            status: SymbolStatus::Trading,
            orders_ever: 0,
            trades_ever: 0,
            preventions_ever: 0,
            updates_ever: 0,
            block_trades_ever: 0,
            allocations_ever: 0,
            last_price: None,
            told_price: None,
            trades: Vec::new(),
        });
        self.events.push(Event::SymbolListed(Box::new(SymbolListed { symbol, spec: spec.clone() })));
        Ok(())
    }

    pub(super) fn open_account(&mut self, command: &OpenAccount) -> Result<(), Rejection> {
        self.must_fit(command)?;
        let wanted = (command.owner, command.kind);
        if let Some(position) = self.accounts.iter().position(|account| *account == wanted) {
            return Err(Rejection::AccountExists { account: AccountId(position as u32) });
        }
        let account = AccountId(self.accounts.len() as u32);
        self.accounts.push(wanted);
        let &OpenAccount { owner, kind, trade_group } = command;
        self.trade_groups.insert(account, trade_group);
        self.events.push(Event::AccountOpened(AccountOpened { account, owner, kind, trade_group }));
        Ok(())
    }

    /// The house has its own classes and nobody else has them; a scope says which symbol or which chain.
    fn must_fit(&self, command: &OpenAccount) -> Result<(), Rejection> {
        use AccountClass::*;
        let is_of_house = match command.kind.class {
            Fees | Insurance | Rewards | Treasury | Custody | External => true,
            Spot | Funding | CrossMargin | IsolatedMargin | UsdMarginedFutures | CoinMarginedFutures | Options
            | Earn => false,
        };
        if is_of_house != (command.owner.0 == 0) {
            return Err(Rejection::InvalidAccount { field: "owner" });
        }
        let scopes = match command.kind.class {
            Custody => u64::from(u32::MAX) + 1,
            IsolatedMargin => self.symbols.len() as u64,
            _ => 1,
        };
        let is_scope = u64::from(command.kind.scope) < scopes;
        if is_scope { Ok(()) } else { Err(Rejection::InvalidAccount { field: "scope" }) }
    }
}
