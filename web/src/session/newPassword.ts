// What the page can say of a new password before the exchange does, which knows what others have used.
export const LENGTH_MIN = 10

/** Whether a password is too short to be asked about. Counted as the exchange counts: by characters. */
export const isTooShort = (password: string): boolean => [...password].length < LENGTH_MIN
