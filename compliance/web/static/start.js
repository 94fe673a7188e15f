// Pages work without this. Where it runs, menus fold, passwords can be shown and a double click sends once.
import { initAll } from './vendor/govuk-frontend/govuk-frontend.min.js'

document.body.classList.add('js-enabled', 'govuk-frontend-supported')
initAll()
