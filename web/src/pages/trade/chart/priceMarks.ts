// Lines at prices that are somebody's: orders, alerts. They are drawn as they are said to be; one that the person has in
// their hand stays there until it is let go.
import type { Chart } from 'klinecharts'
import type { LineData } from './figures'

export interface PriceMark {
  id: string
  /** For the pixels. */
  value: number
  data: LineData
  canMove: boolean
  onmoved?: (value: number) => void
  onremove?: () => void
}

export class PriceMarks {
  readonly #chart: Chart
  readonly #group: string
  #shown = ''
  #next: PriceMark[] = []
  #isHeld = false

  constructor(chart: Chart, group: string) {
    this.#chart = chart
    this.#group = group
  }

  show(marks: PriceMark[]): void {
    this.#next = marks
    if (!this.#isHeld) this.#draw()
  }

  /** Put every line back to where it was said to be. */
  restore(): void {
    this.#shown = ''
    this.#draw()
  }

  #draw(): void {
    const marks = this.#next
    const shown = JSON.stringify(marks)
    if (shown === this.#shown) return
    this.#shown = shown
    this.#chart.removeOverlay({ groupId: this.#group })
    for (const mark of marks) this.#create(mark)
  }

  #create({ id, value, data, canMove, onmoved, onremove }: PriceMark): void {
    let isMoved = false
    this.#chart.createOverlay({
      name: 'priceMark',
      id: `${this.#group}-${id}`,
      groupId: this.#group,
      points: [{ value }],
      extendData: data,
      zLevel: 10,
      onPressedMoveStart: () => {
        isMoved = false
        this.#isHeld = true
      },
      onPressedMoving: ({ overlay, preventDefault }) => {
        if (canMove) isMoved = true
        else {
          overlay.points = [{ value }]
          preventDefault?.()
        }
      },
      onPressedMoveEnd: ({ overlay }) => {
        this.#isHeld = false
        const to = overlay.points[0]?.value
        if (isMoved && canMove && to !== undefined && to !== value) onmoved?.(to)
        else this.#draw()
      },
      onClick: ({ figure }) => {
        if (figure?.key === 'remove' && !isMoved) onremove?.()
      },
      onRightClick: (event) => event.preventDefault?.(),
    })
  }
}
