import fc from 'fast-check'
import { expect, test } from 'vitest'
import { GAP, neighbour, places, shared, type Rect } from '../src/pages/trade/workspace/places'
import {
  PANELS,
  moved,
  panelsOf,
  placed,
  readTree,
  resized,
  split,
  swapped,
  without,
  type Node,
  type Panel,
} from '../src/pages/trade/workspace/tree'

const classic = split('row', [split('column', ['chart', 6], ['orders', 4]), 6], ['book', 2], ['form', 2])
const area: Rect = { start: 0, top: 0, width: 1440, height: 800 }

test('a panel that is taken out leaves its place to its neighbours', () => {
  expect(without(classic, 'orders')).toEqual(split('row', ['chart', 6], ['book', 2], ['form', 2]))
  expect(without('chart', 'chart')).toBeNull()
})

test('a panel is put beside another one and takes half of its place', () => {
  expect(placed(classic, 'tape', 'book', 'after')).toEqual(
    split('row', [split('column', ['chart', 6], ['orders', 4]), 6], ['book', 1], ['tape', 1], ['form', 2]),
  )
  expect(placed(split('row', ['chart', 3], ['book', 1]), 'tape', 'book', 'above')).toEqual(
    split('row', ['chart', 3], [split('column', ['tape', 1], ['book', 1]), 1]),
  )
})

test('a border moves as far as it goes', () => {
  const pair = split('row', ['chart', 1], ['book', 1])
  expect(resized(pair, [], 0, 0.25)).toEqual(split('row', ['chart', 1.5], ['book', 0.5]))
  expect(resized(pair, [], 0, 5)).toEqual(split('row', ['chart', 1.96], ['book', 0.040000000000000036]))
  expect(resized(classic, [0], 0, 0.1)).toMatchObject({
    parts: [{ node: { parts: [{ share: 7 }, { share: 3 }] } }, {}, {}],
  })
})

test('what was kept is read, and anything else is not', () => {
  expect(readTree(JSON.parse(JSON.stringify(classic)))).toEqual(classic)
  for (const broken of [
    null,
    7,
    'nothing',
    { way: 'row', parts: [] },
    {
      way: 'row',
      parts: [
        { node: 'chart', share: 1 },
        { node: 'chart', share: 1 },
      ],
    },
    {
      way: 'row',
      parts: [
        { node: 'chart', share: -1 },
        { node: 'book', share: 1 },
      ],
    },
    {
      way: 'diagonal',
      parts: [
        { node: 'chart', share: 1 },
        { node: 'book', share: 1 },
      ],
    },
  ])
    expect(readTree(broken), JSON.stringify(broken)).toBeNull()
})

test('a length is shared with nobody below what they need', () => {
  expect(shared(100, [1, 1], [0, 0])).toEqual([50, 50])
  expect(shared(100, [9, 1], [0, 30])).toEqual([70, 30])
  expect(shared(100, [9, 1, 1], [0, 30, 30])).toEqual([40, 30, 30])
  expect(shared(40, [9, 1], [30, 30])).toEqual([20, 20])
})

test('the neighbour towards a side is found', () => {
  const { panels } = places(classic, area)
  expect(neighbour(panels, 'chart', 'down')).toBe('orders')
  expect(neighbour(panels, 'chart', 'end')).toBe('book')
  expect(neighbour(panels, 'form', 'end')).toBeNull()
})

type Step = (node: Node | null) => Node | null
const panel = fc.constantFrom(...PANELS)
const step: fc.Arbitrary<Step> = fc.oneof(
  panel.map(
    (one): Step =>
      (node) =>
        node && without(node, one),
  ),
  fc
    .tuple(panel, panel, fc.constantFrom('before', 'after', 'above', 'below'))
    .map(([one, beside, side]): Step => (node) => {
      if (node === null) return one
      const has = panelsOf(node)
      if (!has.includes(beside)) return node
      return has.includes(one) ? moved(node, one, beside, side) : placed(node, one, beside, side)
    }),
  fc.tuple(panel, panel).map(
    ([one, other]): Step =>
      (node) =>
        node && swapped(node, one, other),
  ),
  fc.tuple(fc.integer({ min: 0, max: 2 }), fc.double({ min: -1, max: 1, noNaN: true })).map(
    ([index, by]): Step =>
      (node) =>
        node && resized(node, [], index, by),
  ),
)

test('whatever is done, each panel is there once at most, can be kept, and all of them fill the area', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      const tree = steps.reduce<Node | null>((node, next) => next(node), classic)
      const panels = panelsOf(tree)
      expect(new Set(panels).size).toBe(panels.length)
      if (tree === null) return
      expect(readTree(JSON.parse(JSON.stringify(tree)))).toEqual(tree)
      const { panels: rects, borders } = places(tree, area)
      const all = [...(Object.values(rects) as Rect[]), ...borders]
      const covered = all.reduce((sum, { width, height }) => sum + width * height, 0)
      expect(covered).toBeCloseTo(area.width * area.height, 3)
      expect(borders.every((border) => border.width === GAP || border.height === GAP)).toBe(true)
      for (const { start, top, width, height } of all) {
        expect(Math.min(start, top, width, height)).toBeGreaterThanOrEqual(-0.001)
        expect(start + width).toBeLessThanOrEqual(area.width + 0.001)
        expect(top + height).toBeLessThanOrEqual(area.height + 0.001)
      }
      expect(Object.keys(rects).toSorted()).toEqual((panels as Panel[]).toSorted())
    }),
    { numRuns: 300 },
  )
})
