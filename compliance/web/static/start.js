// Pages work without this. Where it runs, menus fold, passwords can be shown and characters are counted.
document.body.classList.add('js-enabled', 'govuk-frontend-supported')

const { initAll } = await import('./vendor/govuk-frontend/govuk-frontend.min.js')
initAll()
