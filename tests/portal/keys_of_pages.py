"""What a page's keys must be, looked at in the browser: each deciding button has one, and no two
that answer at the same moment share it.

A deciding button is of the class `first`; one in a closed part of the page is reached by the key of
its summary, and sent by Ctrl and Enter. Rows of a list answer one at a time.
"""

from playwright.sync_api import Page as Tab

_CHECK = """() => {
  const seen = (each) => each.checkVisibility({visibilityProperty: true});
  const said = (each) => each.textContent.trim().replace(/\\s+/g, ' ').slice(0, 60);
  const main = document.querySelector('main');
  const deciding = [...main.querySelectorAll('button.first, a.first')];
  const opening = [...main.querySelectorAll('details.more')]
    .filter((each) => each.querySelector(':scope > form[method=post]'))
    .map((each) => each.querySelector('summary'));
  const wrong = [...deciding, ...opening].filter((each) => seen(each) && !each.dataset.key)
    .map((each) => `no key: ${said(each)}`);
  const keyed = [...document.querySelectorAll('[data-key]')].filter(seen);
  const everywhere = keyed.filter((each) => !each.closest('[data-row]'));
  const rows = [...document.querySelectorAll('[data-row]')];
  for (const row of rows.length ? rows : [null]) {
    const keys = new Map();
    for (const each of [...everywhere, ...keyed.filter((other) => row && row.contains(other))]) {
      const key = each.dataset.key;
      if (key === 'j' || key === 'k') wrong.push(`${key} goes from row to row: ${said(each)}`);
      if (keys.has(key)) wrong.push(`${key} presses two: ${keys.get(key)}, ${said(each)}`);
      keys.set(key, said(each));
    }
  }
  return [...new Set(wrong)];
}"""


def wrong_keys(tab: Tab) -> list[str]:
    """What is wrong with the keys of the page a tab shows."""
    return tab.evaluate(_CHECK)
