// On a phone a table's row stands as a card without the head: each cell then says its column's
// name. A table whose template named some cells itself is left as it is.
for (const table of document.querySelectorAll('.scroll > table:not(.grid), table.list')) {
  if (table.querySelector('td[data-name]')) continue;
  const names = [...table.querySelectorAll('thead th')].map((each) => each.textContent.trim());
  for (const row of table.tBodies[0]?.rows ?? [])
    for (const cell of [...row.cells].slice(1)) {
      const name = names[cell.cellIndex];
      if (name && cell.colSpan === 1 && !cell.querySelector('.strip')) cell.dataset.name = name;
    }
}
