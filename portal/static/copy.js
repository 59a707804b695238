// A reference or digest is copied by one press. Elements with data-copy, and a page's own reference.
for (const head of document.querySelectorAll('h1 .ref'))
  if (!head.closest("h1").querySelector("[data-copy]")) {
    const made = document.querySelector('template#copy')?.content.firstElementChild?.cloneNode(true);
    if (made) {
      made.dataset.copy = head.textContent.trim();
      head.after(made);
    }
  }
for (const button of document.querySelectorAll('button[data-copy]')) {
  button.hidden = !navigator.clipboard;
  button.addEventListener('click', async () => {
    await navigator.clipboard.writeText(button.dataset.copy);
    button.classList.add('copied');
    button.querySelector('[role=status]').textContent = button.dataset.said;
    setTimeout(() => {
      button.classList.remove('copied');
      button.querySelector('[role=status]').textContent = '';
    }, 2000);
  });
}
