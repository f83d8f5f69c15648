//! Accounts, and money crossing the border of the exchange.

use crate::script::check;

#[test]
fn deposits_come_from_outside_and_withdrawals_go_there() {
    check(
        "",
        "alice deposits 100 USDT
         house.external: USDT -100
         alice withdraws 100.00000001 USDT -> refused InsufficientBalance needed 100.00000001 free 100
         alice withdraws 60 USDT
         alice: USDT 40
         house.external: USDT -40
         alice deposits 0 USDT -> refused InvalidAmount
         house.external deposits 1 USDT -> refused InvalidAmount
         house.treasury deposits 1 USDT
         house.external: USDT -41",
    );
}

#[test]
fn only_accounts_that_mirror_the_outside_may_fall_below_zero() {
    check(
        "",
        "house.custody withdraws 5 BTC
         house.custody: BTC -5
         house.external: BTC 5
         house.treasury withdraws 1 BTC -> refused InsufficientBalance needed 1 free 0",
    );
}

#[test]
fn no_balance_grows_beyond_its_bound() {
    // 2^100 units a command; 2^20 of them would reach the bound of 2^120, so the amount itself is what is refused.
    check(
        "",
        "alice deposits 12676506002282294014967.03205376 USDT
         alice deposits 12676506002282294014967.03205377 USDT -> refused InvalidAmount",
    );
}

#[test]
fn an_owner_has_one_account_of_a_kind() {
    check(
        "",
        "alice opens spot -> account 5
         alice opens spot -> refused AccountExists
         alice opens funding -> account 6
         bob opens spot -> account 7",
    );
}

#[test]
fn the_house_has_its_own_classes_and_nobody_else_has_them() {
    for class in ["fees", "insurance", "rewards", "treasury", "custody", "external"] {
        check("", &format!("alice opens {class} -> refused InvalidAccount owner"));
    }
    for class in ["spot", "funding", "isolated"] {
        check("", &format!("house opens {class} -> refused InvalidAccount owner"));
    }
    check(
        "",
        "house opens treasury -> refused AccountExists
         house opens custody -> account 5",
    );
}

#[test]
fn a_scope_names_a_listed_symbol_or_a_chain() {
    check(
        "",
        "alice opens spot 1 -> refused InvalidAccount scope
         house opens treasury 1 -> refused InvalidAccount scope
         alice opens isolated 1 -> refused InvalidAccount scope
         symbol ETHUSDT ETH USDT
         alice opens isolated 1 -> account 5
         alice opens isolated 0 -> account 6
         alice opens isolated 0 -> refused AccountExists
         house opens custody 4294967295 -> account 7
         house opens custody 7 -> account 8",
    );
}

#[test]
fn money_crosses_the_border_as_a_deposit_a_withdrawal_or_an_adjustment() {
    check(
        "",
        "alice posts 10 USDT Deposit
         alice posts -1 USDT Withdrawal
         alice posts -1 USDT Adjustment
         alice posts 2 USDT Adjustment
         alice posts -1 USDT Deposit -> refused InvalidReason Deposit
         alice posts 1 USDT Withdrawal -> refused InvalidReason Withdrawal
         alice: USDT 10",
    );
    for reason in ["OrderHold", "OrderRelease", "Trade", "Fee", "Transfer", "Interest", "Reward", "Product"] {
        check("", &format!("alice posts 1 USDT {reason} -> refused InvalidReason {reason}"));
    }
}

#[test]
fn only_spot_accounts_trade() {
    check(
        "",
        "alice.funding deposits 100 USDT
         alice.funding buys 1 @ 10 -> refused WrongAccountClass
         house.treasury buys 1 @ 10 -> refused WrongAccountClass",
    );
}
