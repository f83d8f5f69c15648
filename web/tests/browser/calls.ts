// What a person at a browser does by calls, where a form is not what is walked through.
import type { Person } from './person.ts'

/** Call the exchange as the page does, in the browser's session. */
export async function call(
  person: Person,
  path: string,
  form: Record<string, string> = {},
  method = 'POST',
): Promise<Record<string, unknown>> {
  return person.page.evaluate(
    async ([how, to, sent]) => {
      const { csrfToken = '' } = (await (await fetch('/account/v1/session')).json()) as { csrfToken?: string }
      const body = how === 'GET' ? null : new URLSearchParams(sent)
      const query = how === 'GET' ? `?${new URLSearchParams(sent)}` : ''
      const answer = await fetch(to + query, { method: how, body, headers: { 'x-csrf-token': csrfToken } })
      if (!answer.ok) throw new Error(await answer.text())
      return (await answer.json()) as Record<string, unknown>
    },
    [method, path, form] as const,
  )
}

/** Log in without the form, and open a page. */
export async function enter(person: Person, email: string, password: string, path: string): Promise<void> {
  const { page } = person
  if (!page.url().startsWith('http')) await page.goto('/status')
  const status = await page.evaluate(
    async (sent) => (await fetch('/account/v1/login', { method: 'POST', body: new URLSearchParams(sent) })).status,
    { email, password },
  )
  if (status !== 200) throw new Error(`the login of ${email} was answered with ${status}`)
  await page.goto(path)
}
