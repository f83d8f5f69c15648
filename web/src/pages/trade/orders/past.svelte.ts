// What is past, newest first, a page at a time as far back as a person asks.
interface Page<Row> {
  rows: Row[]
  next: string | null
}
type Read<Row> = (before: string | null, limit: number) => Promise<Page<Row>>

export const PAGE_ROWS = 50
export const FILE_ROWS_AT_ONCE = 1_000
/** A file that is larger is of no use to a spreadsheet. */
export const FILE_ROWS_MAX = 500_000

export class Past<Row> {
  rows = $state.raw<Row[]>([])
  isRead = $state(false)
  isReading = $state(false)
  isWhole = $state(false)
  failure = $state.raw<unknown>(null)
  #next: string | null = null
  #turn = 0
  readonly #read: Read<Row>
  readonly #keyOf: (row: Row) => string

  constructor(read: Read<Row>, keyOf: (row: Row) => string) {
    this.#read = read
    this.#keyOf = keyOf
  }

  /** Read the newest page anew; what was read of older ones stays. */
  async refresh(): Promise<void> {
    await this.#reading(async () => {
      const { rows, next } = await this.#read(null, PAGE_ROWS)
      return () => {
        const known = new Set(rows.map(this.#keyOf))
        const older = this.rows.filter((row) => !known.has(this.#keyOf(row)))
        // What has nothing in common with what was there before is not joined to it.
        const isJoined = next !== null && older.length < this.rows.length
        this.rows = isJoined ? [...rows, ...older] : rows
        if (!isJoined) [this.#next, this.isWhole] = [next, next === null]
      }
    })
  }

  /** Read the next older page. */
  async more(): Promise<void> {
    if (this.isWhole || this.isReading) return
    await this.#reading(async () => {
      const { rows, next } = await this.#read(this.#next, PAGE_ROWS)
      return () => {
        const known = new Set(this.rows.map(this.#keyOf))
        this.rows = [...this.rows, ...rows.filter((row) => !known.has(this.#keyOf(row)))]
        this.#next = next
        this.isWhole = next === null
      }
    })
  }

  /** Read everything, for a file. */
  async all(): Promise<Row[]> {
    const found: Row[] = []
    let before: string | null = null
    do {
      const page: Page<Row> = await this.#read(before, FILE_ROWS_AT_ONCE)
      found.push(...page.rows)
      before = page.next
    } while (before !== null && found.length < FILE_ROWS_MAX)
    return found
  }

  async #reading(read: () => Promise<() => void>): Promise<void> {
    const turn = ++this.#turn
    this.isReading = true
    try {
      const take = await read()
      if (turn !== this.#turn) return
      take()
      this.failure = null
      this.isRead = true
    } catch (failure) {
      if (turn === this.#turn) this.failure = failure
    } finally {
      if (turn === this.#turn) this.isReading = false
    }
  }
}
