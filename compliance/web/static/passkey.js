// Passkeys: asks the service what to sign, has the device sign it, and sends the answer with its form.
// Where this does not run, the page says so and offers the other ways.

const WORDS = {
  NotAllowedError: 'That was cancelled, or took too long. Press the button to try again.',
  InvalidStateError: 'This device has a passkey for your account already.',
  other: 'Your device could not do that. Try again, or use another way.'
}

const bytes = (text) =>
  Uint8Array.from(atob(text.replace(/-/g, '+').replace(/_/g, '/')), (letter) => letter.charCodeAt(0))

const letters = (buffer) =>
  btoa(Array.from(new Uint8Array(buffer), (byte) => String.fromCharCode(byte)).join(''))
    .replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '')

const known = (list) => (list || []).map((each) => ({ ...each, id: bytes(each.id) }))

async function asked (address, form) {
  const body = new FormData()
  body.set('csrf_token', form.elements.csrf_token.value)
  const answer = await fetch(address, { method: 'POST', body, credentials: 'same-origin', redirect: 'error' })
  if (!answer.ok) throw new Error(`answered ${answer.status}`)
  const question = await answer.json()
  question.challenge = bytes(question.challenge)
  if (question.user) question.user.id = bytes(question.user.id)
  if (question.excludeCredentials) question.excludeCredentials = known(question.excludeCredentials)
  if (question.allowCredentials) question.allowCredentials = known(question.allowCredentials)
  return question
}

async function made (publicKey) {
  const key = await navigator.credentials.create({ publicKey })
  return said(key, { attestationObject: letters(key.response.attestationObject) })
}

async function used (publicKey) {
  const key = await navigator.credentials.get({ publicKey })
  const { authenticatorData, signature, userHandle } = key.response
  return said(key, {
    authenticatorData: letters(authenticatorData),
    signature: letters(signature),
    ...(userHandle && { userHandle: letters(userHandle) })
  })
}

function said (key, response) {
  const id = letters(key.rawId)
  response.clientDataJSON = letters(key.response.clientDataJSON)
  return JSON.stringify({ id, rawId: id, type: key.type, response })
}

function ready (part) {
  const button = part.querySelector('[data-passkey-go]')
  const problem = part.querySelector('[data-passkey-problem]')
  const form = part.closest('form')
  part.querySelector('[data-passkey-without]').hidden = true
  button.hidden = false
  button.addEventListener('click', async () => {
    problem.hidden = true
    button.disabled = true
    try {
      const question = await asked(part.dataset.question, form)
      const answer = await (part.dataset.passkey === 'make' ? made(question) : used(question))
      form.elements[part.dataset.field].value = answer
      HTMLFormElement.prototype.submit.call(form)
    } catch (failure) {
      problem.textContent = WORDS[failure.name] || WORDS.other
      problem.hidden = false
      button.disabled = false
      button.focus()
    }
  })
}

if (window.PublicKeyCredential) document.querySelectorAll('[data-passkey]').forEach(ready)
