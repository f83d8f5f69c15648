// What is said is kept by area, one file a language and area, and a page loads the areas it speaks of. An area is added by
// a line in each of the two lists.
import type account from '../../locales/en/account.json'
import type admin from '../../locales/en/admin.json'
import type bank from '../../locales/en/bank.json'
import type book from '../../locales/en/book.json'
import type chart from '../../locales/en/chart.json'
import type keys from '../../locales/en/keys.json'
import type coin from '../../locales/en/coin.json'
import type command from '../../locales/en/command.json'
import type markets from '../../locales/en/markets.json'
import type money from '../../locales/en/money.json'
import type order from '../../locales/en/order.json'
import type orders from '../../locales/en/orders.json'
import type reference from '../../locales/en/reference.json'
import type security from '../../locales/en/security.json'
import type proposals from '../../locales/en/proposals.json'
import type privacy from '../../locales/en/privacy.json'
import type shell from '../../locales/en/shell.json'
import type reserves from '../../locales/en/reserves.json'
import type support from '../../locales/en/support.json'
import type trade from '../../locales/en/trade.json'
import type wallet from '../../locales/en/wallet.json'
import type verification from '../../locales/en/verification.json'

interface Areas {
  account: typeof account
  admin: typeof admin
  bank: typeof bank
  book: typeof book
  chart: typeof chart
  keys: typeof keys
  coin: typeof coin
  command: typeof command
  markets: typeof markets
  money: typeof money
  order: typeof order
  orders: typeof orders
  reference: typeof reference
  security: typeof security
  proposals: typeof proposals
  privacy: typeof privacy
  shell: typeof shell
  reserves: typeof reserves
  support: typeof support
  trade: typeof trade
  wallet: typeof wallet
  verification: typeof verification
}

export type Area = keyof Areas
/** Every message there is. */
export type Key = { [A in Area]: keyof Areas[A] }[Area] & string
