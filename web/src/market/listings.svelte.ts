// What the exchange says of assets: their full names and what they are filed under. Read once, when first needed.
import { api, type Answer } from '../api/client'

export type Listing = Answer<'get', '/sapi/v1/spot/asset/tags'>[number]

class Listings {
  all = $state.raw<Listing[]>([])
  readonly names: ReadonlyMap<string, string> = $derived(
    new Map(this.all.map(({ assetCode, assetName }) => [assetCode, assetName])),
  )
  readonly tags: string[] = $derived([...new Set(this.all.flatMap(({ tags }) => tags))].toSorted())
  #isRead = false

  async read(): Promise<void> {
    if (this.#isRead) return
    this.#isRead = true
    try {
      this.all = await api.get('/sapi/v1/spot/asset/tags', {})
    } catch {
      // Assets go by their short names until it is asked for again.
      this.#isRead = false
    }
  }

  /** The full name of an asset, or its short one. */
  nameOf(asset: string): string {
    return this.names.get(asset) ?? asset
  }

  /** The assets that are filed under a tag. */
  under(tag: string): ReadonlySet<string> {
    return new Set(this.all.filter(({ tags }) => tags.includes(tag)).map(({ assetCode }) => assetCode))
  }
}

export const listings = new Listings()
