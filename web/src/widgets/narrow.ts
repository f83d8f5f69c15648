// A phone's width, as styles have it.
import { MediaQuery } from 'svelte/reactivity'

export const narrow = new MediaQuery('max-width: 40rem')
