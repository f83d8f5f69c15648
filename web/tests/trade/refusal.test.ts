import { expect, test } from 'vitest'
import { Refused } from '../../src/api/client'
import { legsOf } from '../../src/pages/trade/form/legs'
import { tellRefusal } from '../../src/pages/trade/form/refusal'
import { content, of } from './market'

const one = legsOf({ ...content, kind: 'STOP_LOSS_LIMIT' }, () => of('1'), of('1'))
const pair = legsOf({ ...content, kind: 'OCO' }, () => of('1'), of('1'))

test.each([
  ['Filter failure: LOT_SIZE', 'amount'],
  ['Filter failure: PERCENT_PRICE_BY_SIDE', 'price'],
  ['Filter failure: MAX_NUM_ORDERS', null],
  ['Order would trigger immediately.', 'trigger'],
  ['Order would immediately match and take.', 'price'],
  ['Account has insufficient balance for requested action.', 'amount'],
  ['Something new.', null],
])('%s is told beside %s', (detail, field) => {
  expect(tellRefusal(new Refused(-2010, detail, 400), one).field).toBe(field)
  expect(tellRefusal(new Refused(-2010, detail, 400), pair).field).toBeNull()
})

test('an answer that never came is of no field', () => {
  expect(tellRefusal(new Refused(0, 'timeout', 0), one).field).toBeNull()
  expect(tellRefusal(new Error('none'), one).field).toBeNull()
})
