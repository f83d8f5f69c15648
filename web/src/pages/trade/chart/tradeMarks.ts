// Marks of the person's trades on the chart, and what is told of one that is pointed at.
import type { Chart } from 'klinecharts'
import type { MarkData } from './figures'

export interface TradeMark {
  id: string
  time: number
  value: number
  data: MarkData
  told: string
}

export interface Told {
  text: string
  x: number
  y: number
}

const GROUP = 'trades'

/** Draw these marks in place of those before. */
export function showTradeMarks(chart: Chart, marks: readonly TradeMark[], tell: (told: Told | null) => void): void {
  chart.removeOverlay({ groupId: GROUP })
  tell(null)
  for (const { id, time, value, data, told } of marks) {
    chart.createOverlay({
      name: 'tradeMark',
      id: `${GROUP}-${id}`,
      groupId: GROUP,
      points: [{ timestamp: time, value }],
      extendData: data,
      lock: true,
      zLevel: 5,
      onMouseEnter: ({ x = 0, y = 0 }) => tell({ text: told, x, y }),
      onMouseLeave: () => tell(null),
      onRightClick: (event) => event.preventDefault?.(),
    })
  }
}
