// The sender's clock: by how many minutes it is ahead of UTC, in each form that asks.
for (const field of document.querySelectorAll('input[name="utc_offset"]'))
  field.value = String(-new Date().getTimezoneOffset());
