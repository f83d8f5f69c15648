// Icons of the chart, drawn as lines in a square of twenty.
import type { Tool } from './drawings'

export const TOOL_ICONS: Record<Tool, string> = {
  segment: 'M5 15 15 5M4 16a1.2 1.2 0 1 0 0-.1M16 4a1.2 1.2 0 1 0 0-.1',
  straightLine: 'M2 17 18 3M8 11.5a1.2 1.2 0 1 0 0-.1',
  rayLine: 'M5 15 18 3M4.5 15.5a1.2 1.2 0 1 0 0-.1',
  horizontalStraightLine: 'M2 10h16M10 10a1.2 1.2 0 1 0 0-.1',
  verticalStraightLine: 'M10 2v16M10 10a1.2 1.2 0 1 0 0-.1',
  parallelStraightLine: 'M2 12 14 3M6 17 18 8',
  fibonacciLine: 'M3 4h14M3 8h14M3 12h14M3 16h14M6 4v12',
  rectangle: 'M4 6h12v8H4z',
  brush: 'M3 16c3 0 2-3 4-4l8-8 2 2-8 8c-1 2-4 3-6 2z',
  note: 'M5 5h10M10 5v11M8 16h4',
  measure: 'M3 13 13 3l4 4L7 17zM6 10l2 2M9 7l2 2',
}

export const ICONS = {
  pointer: 'M5 3l10 7-5 1-2 5z',
  magnet: 'M5 3v7a5 5 0 0 0 10 0V3h-3v7a2 2 0 0 1-4 0V3zM5 6h3M12 6h3',
  lock: 'M5 9h10v8H5zM7 9V6a3 3 0 0 1 6 0v3',
  hide: 'M2 10s3-5 8-5 8 5 8 5-3 5-8 5-8-5-8-5zM3 3l14 14',
  remove: 'M4 6h12M8 6V4h4v2M6 6l1 11h6l1-11',
  removeAll: 'M3 5h10M6 5V3h4v2M5 5l1 9h4M12 11l5 5M17 11l-5 5',
  indicators: 'M3 14c3 0 3-8 6-8s3 6 8 6M3 18h14',
  alert: 'M5 14V9a5 5 0 0 1 10 0v5l1.500 1.500h-13zM8.500 18h3',
  settings: 'M3 6h8M15 6h2M3 14h2M9 14h8M13 4v4M7 12v4',
  table: 'M3 4h14v12H3zM3 8h14M3 12h14M8 4v12',
  picture: 'M3 6h3l1-2h6l1 2h3v10H3zM10 14a3 3 0 1 0 0-6 3 3 0 0 0 0 6z',
  whole: 'M3 8V3h5M12 3h5v5M17 12v5h-5M8 17H3v-5',
  date: 'M3 5h14v12H3zM3 9h14M7 3v4M13 3v4',
  latest: 'M4 4l7 6-7 6zM15 4v12',
  draw: 'M3 17l1-4 9-9 3 3-9 9z',
} as const
