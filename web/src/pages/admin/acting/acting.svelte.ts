// What is being proposed: an action, what is known of its parameters, and what happens afterwards. One at a time.
import { api, type PathOf } from '../../../api/client'
import { office, type Action, type Proposal } from '../frame/office.svelte'
import type { ActionName } from './words'
import type { Given } from './form'

export interface Begun {
  name: ActionName
  /** What is known beforehand, by the parameters' names. */
  given: Given
  /** Parameters that are asked for although something is known of them. */
  open: readonly string[]
  done: (proposal: Proposal) => void
}

interface Wishes {
  open?: readonly string[]
  /** Called when something came of it, whatever it was. */
  done?: (proposal: Proposal) => void
}

class Acting {
  begun = $state.raw<Begun | null>(null)

  get action(): Action | undefined {
    return this.begun ? office.actions.get(this.begun.name) : undefined
  }

  /** Have somebody propose an action. */
  begin(name: ActionName, given: Given = {}, { open = [], done = () => undefined }: Wishes = {}): void {
    this.begun = { name, given, open, done }
  }

  end(): void {
    this.begun = null
  }
}

export const acting = new Acting()

/** Propose an action. Throws `Refused`. */
export async function propose(name: ActionName, sent: Given): Promise<Proposal> {
  const path = `/admin/v1/actions/${name}` as PathOf<'post'>
  const proposal = (await api.post(path, sent as never)) as unknown as Proposal
  office.readSoon()
  return proposal
}
