// What proves that a person reads the mail of an address: a link's token, or the address with the code.
import { api } from '../api/client'

/** What a link of a mail carried. It is taken out of the address at once: it belongs in no history. */
function takeToken(): string {
  const token = new URLSearchParams(location.hash.slice(1)).get('token') ?? ''
  if (token) history.replaceState(history.state, '', location.pathname + location.search)
  return token
}

export class MailedProof {
  readonly token = takeToken()
  email = $state('')
  code = $state('')
  /** The code of an exchange on one's own machine, which sends no mail: only this machine can read its mailbox. */
  localCode = $state('')
  isSent = $state(false)

  constructor(private readonly send: (email: string) => Promise<unknown>) {}

  /** Whether there is something to prove with, or soon will be. */
  get isUnderWay(): boolean {
    return this.token !== '' || this.isSent
  }

  /** What the calls take. */
  get proof() {
    return this.token ? { token: this.token } : { email: this.email.trim(), code: this.code.trim() }
  }

  /** Have the mail sent. Throws `Refused`. */
  async ask(): Promise<void> {
    await this.send(this.email.trim())
    this.isSent = true
    void this.#readLocalMail()
  }

  /** Ask for another address. */
  startOver(): void {
    this.isSent = false
    this.code = ''
    this.localCode = ''
  }

  async #readLocalMail(): Promise<void> {
    this.localCode = (await localCodes(this.email.trim()))[0] ?? ''
  }
}

/** Read the codes that lie in the local mailbox for an address, the newest first; none where mail is sent. */
export async function localCodes(email: string): Promise<string[]> {
  try {
    const mails = await api.get('/account/v1/mailbox', { to: email })
    return mails.flatMap(({ body }) => /\b(\d{6})\b/.exec(body)?.[1] ?? [])
  } catch {
    return []
  }
}
