// What can be done on the trade page by name or by key.
import type { Action } from '../../command/actions.svelte'
import { trading } from './trading.svelte'
import { PRESETS, PRESET_NAMES, layouts } from './workspace/layouts.svelte'
import { PRESET_TITLES, TITLES } from './workspace/titles'
import { PANELS } from './workspace/tree'
import { t } from '../../i18n/language.svelte'

/** Press a switch or go into a field of the order form, wherever it is laid out. */
function inForm(selector: string, does: 'click' | 'focus'): void {
  if (!layouts.panels.includes('form')) layouts.toggle('form')
  requestAnimationFrame(() => document.querySelector<HTMLElement>(`.panel.form ${selector}`)?.[does]())
}

export const COMMANDS: readonly Action[] = [
  { id: 'trade.pick', group: 'trade', title: 'trade.picker', chord: '/', run: () => (trading.isPicking = true) },
  { id: 'trade.buy', group: 'trade', title: 'trade.key.buy', chord: 'B', run: () => inForm('[role=tab].BUY', 'click') },
  {
    id: 'trade.sell',
    group: 'trade',
    title: 'trade.key.sell',
    chord: 'S',
    run: () => inForm('[role=tab].SELL', 'click'),
  },
  {
    id: 'trade.quantity',
    group: 'trade',
    title: 'trade.key.form',
    chord: 'Q',
    run: () => inForm('input:not([type=checkbox]):not([type=range])', 'focus'),
  },
  { id: 'layout.show', group: 'layout', title: 'trade.layout', chord: 'L', run: () => (trading.isLayingOut = true) },
  {
    id: 'layout.arrange',
    group: 'layout',
    title: 'trade.layout.arrange',
    chord: 'A',
    run: () => (layouts.isArranging = !layouts.isArranging),
  },
  ...PRESET_NAMES.map((name, index): Action => ({
    id: `layout.${name}`,
    group: 'layout',
    title: 'trade.key.layout',
    values: () => ({ name: t(PRESET_TITLES[name]) }),
    chord: `${index + 1}`,
    run: () => layouts.use(PRESETS[name]),
  })),
  ...PANELS.map((panel): Action => ({
    id: `panel.${panel}`,
    group: 'layout',
    title: 'trade.key.panel',
    values: () => ({ panel: t(TITLES[panel]) }),
    run: () => layouts.toggle(panel),
  })),
]
