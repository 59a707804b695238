// A menu closes by Escape, by a press beside it, and when the keyboard leaves it.
const open = () => document.querySelectorAll('details.pop[open]');
document.addEventListener('keydown', (event) => {
  if (event.key !== 'Escape') return;
  for (const menu of open()) {
    menu.open = false;
    if (menu.contains(document.activeElement)) menu.querySelector('summary').focus();
  }
});
for (const happens of ['pointerdown', 'focusin'])
  document.addEventListener(happens, (event) => {
    for (const menu of open()) if (!menu.contains(event.target)) menu.open = false;
  });
