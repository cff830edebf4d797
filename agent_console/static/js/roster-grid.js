// Arrow keys move between the cells of the roster; Enter follows the link that has the focus, as everywhere.
const MOVES = /** @type {Record<string, [number, number]>} */ ({
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
});

/**
 * The first thing in a cell that takes the focus.
 * @param {HTMLTableCellElement | undefined} cell
 * @returns {HTMLElement | null}
 */
function target(cell) {
  return cell ? /** @type {HTMLElement | null} */ (cell.querySelector("a")) : null;
}

for (const grid of /** @type {NodeListOf<HTMLTableElement>} */ (document.querySelectorAll('[data-role="grid"]'))) {
  grid.addEventListener("keydown", (event) => {
    const move = MOVES[event.key];
    const from = /** @type {Element} */ (event.target).closest("td, th");
    if (!move || event.altKey || event.ctrlKey || event.metaKey || !(from instanceof HTMLTableCellElement)) return;
    const links = [...from.querySelectorAll("a")];
    const at = links.indexOf(/** @type {HTMLAnchorElement} */ (event.target));
    // Within a cell up and down go through its shifts first.
    const inside = move[1] === 0 ? links[at + move[0]] : undefined;
    let row = /** @type {HTMLTableRowElement} */ (from.parentElement).rowIndex + move[0];
    const column = from.cellIndex + move[1];
    let found = /** @type {HTMLElement | null} */ (inside ?? null);
    while (!found && row >= 0 && row < grid.rows.length) {
      found = target(grid.rows[row].cells[column]);
      if (move[0] === 0) break;
      row += move[0];
    }
    if (!found) return;
    event.preventDefault();
    found.focus();
  });
}
