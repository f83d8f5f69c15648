// What every page of the back office knows: what waits, what can be proposed, and what of both is for who is logged in.
import { api, type Answer } from '../../../api/client'
import { session } from '../../../session/session.svelte'
import { Polled } from './polled.svelte'
import { hasOne } from './roles'

export type Action = Answer<'get', '/admin/v1/actions'>[number]
export type Proposal = Answer<'get', '/admin/v1/approvals'>[number]
export type Queue = Answer<'get', '/admin/v1/queues'>[number]

class Office {
  readonly queues = new Polled<Queue[]>(() => api.get('/admin/v1/queues', {}))
  readonly pending = new Polled<Proposal[]>(() => api.get('/admin/v1/approvals', { status: 'pending', limit: 500 }))
  actions = $state.raw<ReadonlyMap<string, Action>>(new Map())

  get roles(): readonly string[] {
    return session.person?.roles ?? []
  }

  get me(): number {
    return session.person?.userId ?? 0
  }

  /** What waits for who is logged in to agree to. */
  get decidable(): Proposal[] {
    return (this.pending.value ?? []).filter((each) => this.mayApprove(each))
  }

  /** Tell whether who is logged in may propose an action. */
  mayPropose(name: string): boolean {
    return hasOne(this.roles, this.actions.get(name)?.roles ?? [])
  }

  /** Tell whether who is logged in may agree to a proposal, as far as the page can tell. */
  mayApprove(proposal: Proposal): boolean {
    const concerns = proposal.parameters as { owner?: unknown }
    if (proposal.status !== 'pending' || proposal.proposer === this.me || concerns.owner === this.me) return false
    const needed = this.actions.get(proposal.action)?.roles ?? []
    return hasOne(this.roles, proposal.agreement === 'officer' ? [...needed, 'security'] : needed)
  }

  /** Tell how much waits in a queue; undefined where it is not known or not for who is logged in. */
  waits(name: string): number | undefined {
    if (name === 'approvals') return this.pending.value === undefined ? undefined : this.decidable.length
    return this.queues.value?.find((queue) => queue.name === name)?.count
  }

  /** Follow what waits, until what is returned is called. */
  watch(): () => void {
    if (this.actions.size === 0) void this.#readActions()
    const stops = [this.queues.watch(), this.pending.watch()]
    return () => stops.forEach((stop) => stop())
  }

  /** Read what waits anew: something was just done. */
  readSoon(): void {
    void this.queues.read()
    void this.pending.read()
  }

  async #readActions(): Promise<void> {
    try {
      const all = await api.get('/admin/v1/actions', {})
      this.actions = new Map(all.map((each) => [each.name, each]))
    } catch {
      // The queues are refused for the same reason, which is told.
    }
  }
}

export const office = new Office()
