// The actions that the page offers everywhere.
import { language } from '../i18n/language.svelte'
import { LANGUAGES, OFFERED } from '../i18n/languages'
import { router } from '../routing/router.svelte'
import { session } from '../session/session.svelte'
import { leave } from '../frame/leave'
import { theme } from '../theme/theme.svelte'
import type { Action } from './actions.svelte'
import { PLACES } from './destinations'
import { shell } from './shell.svelte'

export const ALWAYS: readonly Action[] = [
  {
    id: 'commands',
    group: 'go',
    title: 'nav.commands',
    chord: 'Mod+K',
    run: () => (shell.isCommanding = true),
  },
  { id: 'keys', group: 'go', title: 'nav.keys', chord: '?', run: () => (shell.areKeysShown = true) },
  {
    id: 'preferences',
    group: 'looks',
    title: 'preferences.title',
    chord: ',',
    run: () => (shell.arePreferencesShown = true),
  },
  {
    id: 'look',
    group: 'looks',
    title: 'nav.look',
    chord: 'Shift+L',
    run: () => theme.switch(),
  },
  ...PLACES.map(({ id, path, title, chord }): Action => ({
    id: `go.${id}`,
    group: 'go',
    title,
    ...(chord ? { chord } : {}),
    run: () => router.go(path),
  })),
  ...OFFERED.map((code): Action => ({
    id: `speak.${code}`,
    group: 'looks',
    title: 'nav.speak',
    values: () => ({ language: LANGUAGES[code].name }),
    run: () => void language.choose(code),
  })),
  { id: 'leave', group: 'account', title: 'session.leave', run: () => void leave() },
]

/** Whether an action can be done now: its page is there, and it is for who is logged in. */
export function isOffered({ id }: Action): boolean {
  if (id === 'leave') return Boolean(session.person)
  if (!id.startsWith('go.')) return true
  const place = PLACES.find((each) => `go.${each.id}` === id)
  return place !== undefined && router.has(place.path) && isFor(place)
}

/** Whether a place is for who is here. */
export function isFor({ who }: (typeof PLACES)[number]): boolean {
  if (who === 'operator') return (session.person?.roles.length ?? 0) > 0
  return who === 'all' || Boolean(session.person)
}
