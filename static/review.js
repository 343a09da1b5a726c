// The review inbox by keyboard: j and k move, a approves, r rejects, x selects, o opens.
(function () {
  const rows = () => [...document.querySelectorAll("[data-review]")];
  let place = 0;

  function go(index) {
    const all = rows();
    if (!all.length) return;
    place = Math.max(0, Math.min(index, all.length - 1));
    all[place].focus();
  }

  function here() {
    const all = rows();
    const row = document.activeElement.closest?.("[data-review]");
    if (row) place = all.indexOf(row);
    return row;
  }

  const acts = {
    j: () => go(here() ? place + 1 : place),
    k: () => go(here() ? place - 1 : place),
    a: (row) => row?.querySelector("[data-approve]")?.click(),
    r: (row) => row?.querySelector("[data-reject]")?.click(),
    x: (row) => row?.querySelector("[name=memory]")?.click(),
    o: (row) => row?.querySelector("[data-open]")?.click(),
  };

  document.addEventListener("keydown", (event) => {
    const typing = event.target.matches?.("input:not([type=checkbox]), textarea, select");
    if (typing || event.ctrlKey || event.metaKey || event.altKey || !Object.hasOwn(acts, event.key)) return;
    event.preventDefault();
    acts[event.key](here());
  });

  document.addEventListener("click", (event) => {
    if (!event.target.closest?.("[data-select-all]")) return;
    const boxes = [...document.querySelectorAll("[data-review] [name=memory]")];
    const all = boxes.every((box) => box.checked);
    for (const box of boxes) box.checked = !all;
  });

  // What was decided on is gone: the next one is where it was.
  document.addEventListener("htmx:afterSettle", (event) => { if (event.detail.elt.id === "inbox") go(place); });
})();
