// What a person chose of the page follows them to every device: taken over when they log in, kept when they change it.
// A stranger's choices stay in the browser. What the server may not have when the page is left is written down here, and
// comes before what the server has when the page is opened again.
import { untrack } from 'svelte'
import { api } from '../api/client'
import { language } from '../i18n/language.svelte'
import { OFFERED, type LanguageCode } from '../i18n/languages'
import { worth } from '../money/worth.svelte'
import { session } from '../session/session.svelte'
import {
  MODES,
  MOTIONS,
  PALETTES,
  RISING,
  theme,
  type Mode,
  type Motion,
  type Palette,
  type Rising,
} from '../theme/theme.svelte'
import { recall, remember } from '../session/memory'
import { changed, readUnkept, takenOver, written, type Choices } from './keeping'

const KEPT_AFTER_MS = 800
const UNKEPT = 'preferences.unkept'
const KNOWN: Readonly<Record<string, readonly string[] | null>> = {
  language: OFFERED,
  // Whether there is a rate for it is the wallet's to say.
  currency: null,
  mode: MODES,
  palette: PALETTES,
  rising: RISING,
  motion: MOTIONS,
}
const isKnown = (name: string, value: string) => KNOWN[name]?.includes(value) ?? KNOWN[name] === null

function here(): Choices {
  const { mode, palette, rising, motion } = theme
  return { language: language.code, currency: worth.currency, mode, palette, rising, motion }
}

async function show(choices: Choices): Promise<void> {
  theme.mode = choices.mode as Mode
  theme.palette = choices.palette as Palette
  theme.rising = choices.rising as Rising
  theme.motion = choices.motion as Motion
  if (choices.currency !== worth.currency) worth.choose(choices.currency ?? '')
  // What cannot be loaded now is tried with the next log-in.
  if (choices.language !== language.code) await language.choose(choices.language as LanguageCode)
}

/** Keep choices in step from now on. Called once. */
export function keepPreferences(): void {
  /** What the server has, and whose it is; null until it was read. */
  let kept: { userId: number; choices: Choices } | null = null
  let timer: ReturnType<typeof setTimeout> | undefined

  async function take(userId: number) {
    try {
      const there = await api.get('/account/v1/preferences', {})
      const choices = takenOver(here(), there, isKnown)
      await show(takenOver(choices, readUnkept(recall(UNKEPT), userId), isKnown))
      if (session.person?.userId !== userId) return
      kept = { userId, choices }
      await keep()
    } catch {
      // What is chosen here stays.
    }
  }

  /** Write down what the server does not have yet. */
  function note() {
    if (kept) remember(UNKEPT, written(kept.userId, changed(here(), kept.choices)))
  }

  async function keep() {
    const [before, now] = [kept, here()]
    const given = before ? changed(now, before.choices) : {}
    if (!before || Object.keys(given).length === 0) return
    try {
      await api.put('/account/v1/preferences', given)
      if (kept?.userId === before.userId) kept = { ...before, choices: now }
      note()
    } catch {
      // With the next change, or when the page is opened again.
    }
  }

  $effect.root(() => {
    $effect(() => {
      const userId = session.person?.userId
      untrack(() => {
        clearTimeout(timer)
        kept = null
        if (userId !== undefined) void take(userId)
      })
    })
    $effect(() => {
      here()
      untrack(note)
      clearTimeout(timer)
      timer = setTimeout(() => void keep(), KEPT_AFTER_MS)
    })
  })
}
