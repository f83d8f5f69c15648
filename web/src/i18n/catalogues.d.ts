declare module 'virtual:catalogues' {
  /** The versions of the messages of each language that is whole, by its code. */
  export const VERSIONS: Readonly<Record<string, string>>
}
