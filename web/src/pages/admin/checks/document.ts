// Fetches a document of a case as it is.
import { Refused } from '../../../api/client'

const TIMEOUT_MS = 60_000

/** Read a document. Throws `Refused`. */
export async function readDocument(number: number, document: string, reason: string): Promise<Blob> {
  const asked = new URLSearchParams({ case: String(number), document, reason })
  let response: Response
  try {
    response = await fetch(`/admin/v1/verification/document?${asked}`, { signal: AbortSignal.timeout(TIMEOUT_MS) })
    if (response.ok) return await response.blob()
  } catch (failure) {
    throw new Refused(0, String(failure), 0)
  }
  const { code = 0, msg = '' } = (await response.json().catch(() => ({}))) as { code?: number; msg?: string }
  throw new Refused(code, msg, response.status)
}
