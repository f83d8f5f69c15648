// A person is verified to both levels. Asks for `decide HOW REASON` on the case that waits.
import assert from 'node:assert/strict'
import { enter } from './calls.ts'
import type { Person } from './person.ts'
import { ask, others, walk } from './walk.ts'

const [EMAIL = '', PASSWORD = ''] = others
const EVIL = '<img src=x onerror="document.body.dataset.taken=1">'
const PAGE = '/account/verification'

// A picture of one pixel, each as a camera and as a screen would make it.
const JPEG = Buffer.from(
  '/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAMCAgICAgMCAgIDAwMDBAYEBAQEBAgGBgUGCQgKCgkICQkKDA8MCgsOCwkJDRENDg8QEBEQCgwSExIQEw8Q' +
    'EBD/yQALCAABAAEBAREA/8wABgAQEAX/2gAIAQEAAD8A0s8g/9k=',
  'base64',
)
const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
)
const PDF = Buffer.from('%PDF-1.7\nsomething\n%%EOF\n')

async function looksAsAStranger(person: Person): Promise<void> {
  await person.page.goto(PAGE)
  await person.isSeen('Log in to be verified.')
  await person.isSeen('1,000,000 USDT')
  await person.inspect('verification-stranger')
}

async function choose(person: Person, country: string): Promise<void> {
  const { page } = person
  await page.getByLabel('Country you live in').fill(country)
  await page.getByRole('option', { name: country }).click()
}

async function statesWhoTheyAre(person: Person): Promise<void> {
  const { page } = person
  await enter(person, EMAIL, PASSWORD, PAGE)
  const form = page.getByRole('form', { name: 'About you' })
  await choose(person, 'North Korea')
  await person.isSeen('We do not serve people who live in this country.')
  await choose(person, 'Iran')
  await person.isSeen(/cannot deposit from blockchains/)
  await form.getByRole('button', { name: 'Continue' }).click()
  await form.getByText('Fill this in.').first().waitFor()
  assert.equal(await page.evaluate(() => document.activeElement?.getAttribute('autocomplete')), 'given-name')
  await form.getByLabel('First names').fill(`Zoë ${EVIL}`)
  await form.getByLabel('Last name').fill('Ångström')
  await form.getByLabel('Date of birth').fill('2020-01-01')
  await person.isSeen('You must be at least 18 years old.')
  await person.inspect('verification-about')
  await form.getByLabel('Date of birth').fill('1990-02-28')
  await choose(person, 'Sweden')
  await form.getByLabel('Address').fill('Storgatan 1\n753 31 Uppsala')
  await form.getByLabel('Identity document').selectOption('Passport')
  await form.getByLabel('Number of the document').fill('X1234567')
  await form.getByRole('button', { name: 'Continue' }).click()
}

const file = (name: string, mimeType: string, buffer: Buffer) => ({ name, mimeType, buffer })

async function showsDocuments(person: Person): Promise<void> {
  const { page } = person
  const identity = page.getByRole('region', { name: 'Identity document' })
  await page.getByRole('button', { name: 'Continue' }).click()
  await person.isSeen('Add the required document first.')
  const choose = identity.getByLabel('Choose files')
  await choose.setInputFiles(file('page.html', 'text/html', Buffer.from('<html>')))
  await person.isSeen('This is neither a picture nor a PDF file that can be read.')
  await identity.getByRole('button', { name: 'Remove page.html' }).click()
  await choose.setInputFiles([
    file(`${EVIL}.png`, 'image/png', PNG),
    // As some telephones leave it: with something behind its end. It is drawn anew.
    file('front.jpg', 'image/jpeg', Buffer.concat([JPEG, Buffer.from('trailer')])),
  ])
  await identity.getByText('Received').nth(1).waitFor()
  await person.inspect('verification-documents')
  await page.reload()
  // What was stated is gone with the page; what was shown is with the exchange.
  await statesAgain(person)
  await person.isSeen('Sent earlier')
  await page.getByRole('button', { name: 'Continue' }).click()
}

async function statesAgain(person: Person): Promise<void> {
  const form = person.page.getByRole('form', { name: 'About you' })
  await form.getByLabel('First names').fill(`Zoë ${EVIL}`)
  await form.getByLabel('Last name').fill('Ångström')
  await form.getByLabel('Date of birth').fill('1990-02-28')
  await choose(person, 'Sweden')
  await form.getByLabel('Address').fill('Storgatan 1\n753 31 Uppsala')
  await form.getByLabel('Identity document').selectOption('Passport')
  await form.getByLabel('Number of the document').fill('X1234567')
  await form.getByRole('button', { name: 'Continue' }).click()
}

async function send(person: Person): Promise<void> {
  const { page } = person
  await page.getByLabel(/Everything I state here is true/).check()
  await page.getByRole('button', { name: 'Send for review' }).click()
}

async function provesThemselves(person: Person): Promise<void> {
  const dialog = person.page.getByRole('dialog')
  await dialog.getByLabel('Password', { exact: true }).fill(PASSWORD)
  await dialog.getByRole('button', { name: 'Confirm' }).click()
}

/** Others decided: whoever comes back to the page sees it. */
async function looksBack(person: Person): Promise<void> {
  await person.page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')))
}

async function isReviewed(person: Person): Promise<void> {
  const { page } = person
  await person.isSeen('Storgatan 1, 753 31 Uppsala')
  await person.inspect('verification-review')
  await send(person)
  await provesThemselves(person)
  await person.isSeen('Your details for level 1 are being reviewed')
  await person.inspect('verification-waiting')
  assert.equal(await ask('decide', `want-more The picture is dark. ${EVIL}`), 'done')
  await looksBack(person)
  await person.isSeen('More is needed for level 1')
  await person.isSeen(EVIL)
  await person.inspect('verification-more')
  await statesAgain(person)
  await page
    .getByRole('region', { name: 'Identity document' })
    .getByLabel('Choose files')
    .setInputFiles([file('passport.pdf', 'application/pdf', PDF)])
  await person.isSeen('Received')
  await page.getByRole('button', { name: 'Continue' }).click()
  await send(person)
  await person.isSeen('Your details for level 1 are being reviewed')
  assert.equal(await ask('decide', 'approve'), 'done')
  await looksBack(person)
  await person.isSeen('You are verified to level 1')
}

async function reachesTheSecondLevel(person: Person): Promise<void> {
  const { page } = person
  const about = page.getByRole('form', { name: 'About you' })
  await about.getByLabel('First names').fill('Zoë')
  await about.getByLabel('Last name').fill('Ångström')
  await about.getByLabel('Date of birth').fill('1990-02-28')
  await choose(person, 'Sweden')
  await about.getByLabel('Address', { exact: true }).fill('Storgatan 1')
  await about.getByLabel('Proof of your address').selectOption('Bank statement')
  await about.getByLabel('Reference on the document').fill('2026-77')
  await about.getByRole('button', { name: 'Continue' }).click()
  const funds = page.getByRole('form', { name: 'Your money' })
  await funds.getByLabel('Occupation').fill('Keeper of a lighthouse')
  await funds.getByLabel('Deposits you expect in a month').fill('many')
  await funds.getByRole('button', { name: 'Continue' }).click()
  await person.isSeen('Enter a whole number.')
  await person.inspect('verification-funds')
  await funds.getByLabel('Where the money you trade with comes from').selectOption('Employment')
  await funds.getByLabel('Where most of what you own comes from').selectOption('Inheritance or gift')
  await funds.getByLabel('Deposits you expect in a month').fill('2000')
  await funds.getByLabel('Trades you expect in a month').fill('10000')
  await funds.getByRole('button', { name: 'Continue' }).click()
  await page
    .getByRole('region', { name: 'Proof of your address' })
    .getByLabel('Choose files')
    .setInputFiles([file('statement.pdf', 'application/pdf', PDF)])
  await person.isSeen('Received')
  await page.getByRole('button', { name: 'Continue' }).click()
  await send(person)
  await person.isSeen('Your details for level 2 are being reviewed')
  assert.equal(await ask('decide', 'approve'), 'done')
  await looksBack(person)
  await person.isSeen('You are fully verified')
  await person.inspect('verification-complete')
}

await walk(looksAsAStranger, statesWhoTheyAre, showsDocuments, isReviewed, reachesTheSecondLevel)
