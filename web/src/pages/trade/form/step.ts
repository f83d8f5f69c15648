// Numbers in a field, stepped by the arrow keys: to the next whole step, so that what is off the steps comes onto them.
import { Decimal } from '../../../money/decimal'

/** Step a number up or down; never below zero. */
export function stepped(value: Decimal, step: Decimal, times: number): Decimal {
  if (step.isZero) return value
  const many = step.times(Decimal.of(String(Math.abs(times))))
  const floor = value.downTo(step)
  const isOff = floor.compare(value) !== 0
  if (times > 0) return floor.plus(many)
  const lower = isOff ? floor.plus(step).minus(many) : floor.minus(many)
  return lower.compare(Decimal.ZERO) < 0 ? Decimal.ZERO : lower
}
