// The chart's settings while the page is there, kept whenever they change.
import { recallShaped, rememberShaped } from '../../../session/kept'
import { CHART_FIRST, readChart, type ChartKept } from './kept'

class ChartSettings {
  kept = $state.raw<ChartKept>(recallShaped('chart', readChart, CHART_FIRST))

  change(change: Partial<ChartKept>): void {
    this.kept = { ...this.kept, ...change }
    rememberShaped('chart', this.kept)
  }
}

export const chartSettings = new ChartSettings()
