// Whom an operator looked at since the page was opened. It is forgotten with the page: nothing of people stays in a browser.
import { untrack } from 'svelte'

const HELD_MAX = 10

interface Seen {
  owner: number
  name: string
}

class Recent {
  owners = $state.raw<readonly Seen[]>([])

  saw(owner: number, name: string): void {
    // Who is shown is seen: that says nothing of who asks to be told of it.
    const others = untrack(() => this.owners).filter((each) => each.owner !== owner)
    this.owners = [{ owner, name }, ...others].slice(0, HELD_MAX)
  }
}

export const recent = new Recent()
