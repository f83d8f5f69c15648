// Short tones, made by the browser itself.
import type { Kind } from './choices.svelte'

/** Frequencies in hertz, one after another. */
const TONES: Record<Kind, readonly number[]> = {
  fill: [660, 880],
  cancel: [440, 330],
  alert: [880, 880, 1175],
}
const TONE_S = 0.12
const LOUDNESS = 0.08

let context: AudioContext | null = null

/** Play the tones of a kind. Without a speaker, or before a person has done anything on the page, there is silence. */
export function play(kind: Kind): void {
  if (typeof AudioContext === 'undefined') return
  context ??= new AudioContext()
  void context.resume()
  const begin = context.currentTime
  TONES[kind].forEach((frequency, index) => {
    if (context) tone(context, frequency, begin + index * TONE_S)
  })
}

function tone(on: AudioContext, frequency: number, at: number): void {
  const oscillator = on.createOscillator()
  const loudness = on.createGain()
  oscillator.frequency.value = frequency
  loudness.gain.setValueAtTime(LOUDNESS, at)
  // Ends softly, so that it does not click.
  loudness.gain.exponentialRampToValueAtTime(0.0001, at + TONE_S)
  oscillator.connect(loudness).connect(on.destination)
  oscillator.start(at)
  oscillator.stop(at + TONE_S)
}
