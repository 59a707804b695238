// After a form came back: the eye and the keyboard stand where something must be mended.
for (const link of document.querySelectorAll('.wrong-fields a')) {
  const field = document.getElementById(decodeURIComponent(link.hash.slice(1)));
  const label = field?.labels?.[0] ?? field?.querySelector('legend');
  if (label) link.textContent = label.textContent.trim();
}
const wrong = document.querySelector('[aria-invalid="true"]');
if (wrong) {
  wrong.closest('details')?.setAttribute('open', '');
  wrong.focus();
} else document.querySelector('#problem')?.focus();
