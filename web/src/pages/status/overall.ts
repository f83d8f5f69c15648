// How the exchange does, as one word for all that is known.
import type { Answer } from '../../api/client'

export type Network = Answer<'get', '/account/v1/networks'>[number]
export type Announcement = Answer<'get', '/account/v1/announcements'>[number]

export interface Known {
  isUnderMaintenance: boolean
  streamsAreOpen: boolean
  /** Symbols that are not traded now. */
  halted: readonly string[]
  networks: readonly Network[]
}

/** `maintenance`: trading rests. `limited`: something does not work as it should. */
export type Overall = 'good' | 'limited' | 'maintenance'

export function overallOf(known: Known): Overall {
  if (known.isUnderMaintenance) return 'maintenance'
  const isLimited = !known.streamsAreOpen || known.halted.length > 0 || known.networks.some(isLimitedNetwork)
  return isLimited ? 'limited' : 'good'
}

/** Tell whether something of a network is closed or waits. */
export function isLimitedNetwork(network: Network): boolean {
  return network.isBusy || network.assets.some((each) => !each.depositsOpen || !each.withdrawalsOpen)
}
