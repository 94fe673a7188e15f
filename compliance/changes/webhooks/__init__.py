"""The same changes sent to whoever cannot ask for them, as Standard Webhooks: signed, ids only, until they are taken."""
