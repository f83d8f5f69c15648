// A path through the page: `node SCRIPT URL CHROMIUM PICTURES [OTHERS...]`; PICTURES may be empty. What the page cannot do
// itself is asked for on the output, one line, and answered by one line; the exit code tells whether all went as it should.
import assert from 'node:assert/strict'
import { createInterface } from 'node:readline/promises'
import { Person, startBrowser } from './person.ts'

const [url = '', executable = '', pictures = '', ...given] = process.argv.slice(2)
const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]()

/** What else the script was called with. */
export const others: readonly string[] = given

/** Ask whoever runs this script for something. */
export async function ask(word: string, what = ''): Promise<string> {
  process.stdout.write(`${word} ${what}\n`)
  return String((await lines.next()).value)
}

/** Take steps one after another with one person's browser, end the process. After none may the page complain. */
export async function walk(...steps: ((person: Person) => Promise<void>)[]): Promise<never> {
  const browser = await startBrowser(executable)
  const person = await Person.at(browser, url, pictures || undefined)
  try {
    for (const step of steps) {
      process.stdout.write(`${step.name}\n`)
      await step(person)
      assert.deepEqual(person.complaints, [], step.name)
    }
  } catch (failure) {
    await person.picture('failure')
    throw failure
  } finally {
    await browser.close()
  }
  process.exit(0)
}
