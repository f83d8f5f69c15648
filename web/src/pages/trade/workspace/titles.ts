// What panels and ready-made layouts are called.
import type { Key } from '../../../i18n/areas'
import type { Preset } from './layouts.svelte'
import type { Panel } from './tree'

export const TITLES: Record<Panel, Key> = {
  chart: 'chart.tab',
  book: 'trade.book',
  tape: 'trade.tape',
  form: 'trade.form',
  orders: 'trade.orders',
}

export const PRESET_TITLES: Record<Preset, Key> = {
  classic: 'trade.layout.classic',
  advanced: 'trade.layout.advanced',
  basic: 'trade.layout.basic',
  focus: 'trade.layout.focus',
}
