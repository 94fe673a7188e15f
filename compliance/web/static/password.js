// Ticks off, as a new password is typed, what it has already. The page says the same without this, and the server has
// the last word: it alone knows earlier passwords and common ones. What is looked for stands on the page, in data-….
const PAUSE = 900

const plain = (text) => text.toLowerCase().normalize('NFKD').replace(/\p{M}/gu, '')

const LOOKS = {
  length: (text, { least, most }) => [...text].length >= Number(least) && [...text].length <= Number(most),
  capital: (text) => /\p{Uppercase}/u.test(text),
  small: (text) => /\p{Lowercase}/u.test(text),
  number: (text) => /\p{Nd}/u.test(text),
  special: (text) => /[^\p{L}\p{M}\p{N}\p{C}]/u.test(text),
  without: (text, { words }) => text !== '' && !JSON.parse(words).some((word) => plain(text).includes(word))
}

class Criterion {
  constructor (item) {
    this.says = item.textContent
    this.data = item.dataset
    this.item = item
    this.state = document.createElement('span')
    this.state.className = 'govuk-visually-hidden'
    item.prepend(this.state)
  }

  look (text) {
    this.met = LOOKS[this.data.look](text, this.data)
    this.item.classList.toggle('hub-criteria__item--met', this.met)
    this.item.classList.toggle('hub-criteria__item--missing', !this.met)
    this.state.textContent = this.met ? 'Done: ' : 'Still to do: '
  }
}

function tick (box) {
  const field = document.getElementById(box.dataset.criteriaFor)
  const said = box.querySelector('[data-criteria-said]')
  const criteria = [...box.querySelectorAll('li[data-look]')].map((item) => new Criterion(item))
  const others = [...box.querySelectorAll('li:not([data-look])')]
  let pausing

  function say () {
    const missing = criteria.filter((each) => !each.met).map((each) => each.says)
    said.textContent = missing.length ? `Still to do: ${missing.join('; ')}.` : 'Everything that can be seen here is done.'
  }

  function look () {
    const text = field.value.normalize('NFKC')
    criteria.forEach((each) => each.look(text))
    clearTimeout(pausing)
    pausing = setTimeout(say, PAUSE)
  }

  box.classList.add('hub-criteria--live')
  others.forEach((item) => item.append(' (looked at when you save)'))
  field.setAttribute('aria-describedby', [field.getAttribute('aria-describedby'), 'password-criteria'].filter(Boolean).join(' '))
  criteria.forEach((each) => each.look(''))
  field.addEventListener('input', look)
}

document.querySelectorAll('[data-criteria-for]').forEach(tick)
