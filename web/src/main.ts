// Where the page begins: language, looks, who is logged in, and then what the address asks for.
import '@fontsource-variable/inter/wght.css'
import { mount } from 'svelte'
import { away } from './api/away.svelte'
import App from './App.svelte'
import { firstLanguage, language } from './i18n/language.svelte'
import { connection } from './market/connection.svelte'
import { alerts } from './pages/trade/chart/alerts.svelte'
import { router } from './routing/router.svelte'
import { MISSING, ROUTES } from './routing/routes'
import { keepPreferences } from './preferences/preferences.svelte'
import { session } from './session/session.svelte'
import { proving } from './session/stepUp.svelte'
import './theme/tokens.css'
import './theme/scripts.css'
import './theme/base.css'
import { noteLackingStyles } from './theme/styles'
import { theme } from './theme/theme.svelte'
import { update } from './worker/update.svelte'

noteLackingStyles()
theme.start()
connection.start()
// What the address asks for is on its way while the first messages are.
const spoken = language.speak(firstLanguage())
proving.start()
away.start()
void session.start()
alerts.start()
router.start(ROUTES, MISSING)
await spoken
// It keeps the language that is spoken by now.
keepPreferences()
const place = document.getElementById('page')
if (place) mount(App, { target: place })
void update.start()
