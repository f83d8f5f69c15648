// What is looked for in the log, from the filters of the page.

interface Typed {
  owner: string
  operator: string
  action: string
  from: string
  until: string
}

interface Sought {
  owner?: number
  operator?: number
  action?: string
  startTime?: number
  endTime?: number
}

const MINUTE_MS = 60_000

/** Read the filters; what makes no sense is left out. A minute that ends a period is in it. */
export function soughtOf({ owner, operator, action, from, until }: Typed): Sought {
  const whole = (text: string) => (/^\d{1,18}$/.test(text.trim()) ? Number(text) : undefined)
  const moment = (text: string) => {
    const time = text === '' ? NaN : new Date(text).getTime()
    return Number.isNaN(time) ? undefined : time
  }
  const end = moment(until)
  const found = {
    owner: whole(owner) || undefined,
    operator: whole(operator),
    action: action.trim() || undefined,
    startTime: moment(from),
    endTime: end === undefined ? undefined : end + MINUTE_MS - 1,
  }
  return Object.fromEntries(Object.entries(found).filter(([, value]) => value !== undefined)) as Sought
}
