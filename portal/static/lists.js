// On a phone a table's row stands as a card without the head: each cell then says its column's
// name; the first one, which heads the card, only where it is a bare number. A table whose template
// named some cells itself is left as it is.
for (const table of document.querySelectorAll('.scroll > table:not(.grid), table.list')) {
  if (table.querySelector('td[data-name]')) continue;
  const names = [...table.querySelectorAll('thead th')].map((each) => each.textContent.trim());
  for (const row of table.tBodies[0]?.rows ?? [])
    for (const cell of row.cells) {
      const name = names[cell.cellIndex];
      if (cell.cellIndex === 0 && !/^\s*\d+\s*$/.test(cell.textContent)) continue;
      if (name && cell.colSpan === 1 && !cell.querySelector('.strip')) cell.dataset.name = name;
    }
}
