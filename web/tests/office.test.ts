import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { besides } from '../src/pages/admin/checks/next'
import { sizeOf, turned, zoomed } from '../src/pages/admin/checks/view'
import { operatorIn } from '../src/pages/admin/frame/names'
import { placeOf, placesFor, PLACES } from '../src/pages/admin/frame/sections'
import { rolesIn } from '../src/pages/admin/frame/told'
import { soughtOf } from '../src/pages/admin/house/sought'
import { Paged } from '../src/pages/admin/lists/paged.svelte'
import { shortened } from '../src/pages/admin/lists/shortened'
import { pointsOf } from '../src/pages/admin/money/states'
import { joined } from '../src/pages/admin/people/pieces'

describe('who sees what', () => {
  test('every place is a page there is', () => {
    const routes = readFileSync(new URL('../src/routing/routes.ts', import.meta.url), 'utf8')
    const paths = PLACES.flatMap((group) => group.places.map((place) => place.path))
    expect(paths.filter((path) => !routes.includes(`route('${path}',`))).toEqual([])
  })

  test('a role is offered what it may see, and a group without pages is none', () => {
    const paths = (roles: string[]) => placesFor(roles).flatMap((group) => group.places.map((place) => place.path))
    expect(paths(['support'])).toContain('/admin/verification')
    expect(paths(['support'])).not.toContain('/admin/fees')
    expect(paths(['listing'])).not.toContain('/admin/people')
    expect(paths(['owner'])).toContain('/admin/log')
    expect(paths([])).toEqual([])
  })

  test.each([
    ['/admin', '/admin'],
    ['/admin/', '/admin'],
    ['/admin/people/7', '/admin/people'],
    ['/admin/approvals/0f', '/admin/approvals'],
  ])('%s belongs to %s', (path, place) => {
    expect(placeOf(path)?.path).toBe(place)
  })

  test('the roles that are needed are read from a refusal', () => {
    expect(rolesIn('This takes one of the roles: finance, risk.')).toEqual(['finance', 'risk'])
    expect(rolesIn('something else')).toEqual([])
  })
})

describe('cases', () => {
  test.each([
    [[3, 5, 9], 5, { previous: 3, next: 9 }],
    [[3, 5, 9], 3, { next: 5 }],
    [[3, 5, 9], 9, { previous: 5 }],
    [[3, 5], 4, { next: 3 }],
    [[], 4, {}],
  ])('in %j, beside %i', (queue, id, expected) => {
    expect(besides(queue, id)).toEqual(expected)
  })

  test('a picture fits the room, is never blown up by itself, and turns by quarters', () => {
    expect(sizeOf({ width: 800, height: 400 }, 0, 1, 400)).toEqual({ width: 400, height: 200, scale: 0.5 })
    expect(sizeOf({ width: 800, height: 400 }, 1, 1, 400)).toEqual({ width: 400, height: 800, scale: 1 })
    expect(sizeOf({ width: 100, height: 50 }, 0, 1, 400).scale).toBe(1)
    const huge = sizeOf({ width: 20_000, height: 20_000 }, 0, 8, 20_000)
    expect(huge.width * huge.height).toBeLessThanOrEqual(16_100_000)
    expect([0, 1, 2, 3].map((turns) => turned(turns, 1))).toEqual([1, 2, 3, 0])
    expect(turned(0, -1)).toBe(3)
    expect(zoomed(zoomed(1, 1), -1)).toBe(1)
    expect(zoomed(8, 1)).toBe(8)
  })
})

test('a period of the log ends with the minute it names', () => {
  const typed = { owner: '', operator: '0', action: ' login ', from: '2026-01-02T03:04', until: '2026-01-02T03:05' }
  const found = soughtOf(typed)
  expect(found).toMatchObject({ operator: 0, action: 'login' })
  expect((found.endTime ?? 0) - (found.startTime ?? 0)).toBe(119_999)
  expect('owner' in found).toBe(false)
  expect(soughtOf({ ...typed, owner: 'x', operator: '', from: 'y', until: '' })).toEqual({ action: 'login' })
})

test('an export is put together only if it is what was made', async () => {
  const sha = '2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824'
  const blob = await joined([btoa('hel'), btoa('lo')], sha)
  expect(await blob.text()).toBe('hello')
  await expect(joined([btoa('hell')], sha)).rejects.toThrow(RangeError)
})

test('long names keep their ends, operators their numbers, risks their sum', () => {
  expect(shortened('short')).toBe('short')
  expect(shortened('0x1234567890abcdef1234')).toBe('0x123456789…ef1234')
  expect(['operator-7', 'machine', 'operator-x'].map(operatorIn)).toEqual([7, null, null])
  expect(pointsOf({ first_withdrawal: 15, new_device: 30 })).toBe(45)
})

test('a list is read on from its last row, and what was asked for before does not come late', async () => {
  const rows = Array.from({ length: 5 }, (_, index) => index)
  const paged = new Paged<number>(2)
  const from = (after: number | undefined) =>
    Promise.resolve(rows.slice(after === undefined ? 0 : after + 1).slice(0, 2))
  await paged.begin(from)
  expect([paged.rows, paged.hasMore]).toEqual([[0, 1], true])
  await paged.more()
  await paged.more()
  expect([paged.rows, paged.hasMore]).toEqual([rows, false])
  let answer: (found: number[]) => void = () => undefined
  const late = paged.begin(() => new Promise<number[]>((tell) => (answer = tell)))
  await paged.begin(() => Promise.resolve([7]))
  answer([1, 2])
  await late
  expect(paged.rows).toEqual([7])
  await paged.begin(() => Promise.reject(new Error('lost')))
  expect([paged.rows, paged.isBusy]).toEqual([[7], false])
})
