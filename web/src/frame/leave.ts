// Log out, and say how that went.
import { reasonOf } from '../api/refusals'
import { t } from '../i18n/language.svelte'
import { session } from '../session/session.svelte'
import { toasts } from '../widgets/toasts.svelte'

export async function leave(): Promise<void> {
  try {
    await session.logOut()
    toasts.tell(t('session.left'))
  } catch (failure) {
    toasts.tell(reasonOf(failure), { isError: true })
  }
}
