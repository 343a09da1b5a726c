// Kindnesses that a page can do without: local times, copy buttons, menus that close by themselves.
(function () {
  const language = document.documentElement.lang;
  const clock = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short" });
  const trouble = document.getElementById("trouble");

  function localise(root) {
    for (const time of root.querySelectorAll("time[datetime]")) {
      const when = new Date(time.dateTime);
      if (time.dateTime.includes("T") && !isNaN(when)) time.textContent = clock.format(when);
    }
  }

  function closeMenus(except) {
    for (const menu of document.querySelectorAll("details.dropdown[open]")) {
      if (!menu.contains(except)) menu.open = false;
    }
  }

  // navigator.clipboard exists only on https and localhost; a self-hosted address is often neither.
  async function copy(text) {
    if (navigator.clipboard) return navigator.clipboard.writeText(text);
    const area = document.body.appendChild(document.createElement("textarea"));
    area.value = text;
    area.select();
    document.execCommand("copy");
    area.remove();
  }

  async function copyFrom(button) {
    const source = document.getElementById(button.dataset.copy);
    await copy(source.value ?? source.textContent);
    const label = button.querySelector("[data-label]");
    const before = label.textContent;
    if (before === button.dataset.done) return;
    label.textContent = button.dataset.done;
    setTimeout(() => { label.textContent = before; }, 2000);
  }

  document.addEventListener("click", (event) => {
    closeMenus(event.target);
    const copier = event.target.closest("[data-copy]");
    if (copier) copyFrom(copier);
    event.target.closest("[data-dismiss]")?.closest("[data-alert]").remove();
  });

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const menu = document.querySelector("details.dropdown[open]");
    closeMenus(null);
    menu?.querySelector("summary").focus();
  });

  // A form that takes a while says so, and is sent once.
  document.addEventListener("submit", (event) => {
    const button = event.submitter;
    if (!event.target.matches("[data-busy]") || !button) return;
    setTimeout(() => { button.disabled = true; button.classList.add("btn-loading"); });
  });

  function complain(text) {
    trouble.textContent = text;
    trouble.hidden = false;
  }

  // Signed out meanwhile: the fragment that was asked for is a sign-in page, so show it whole.
  document.addEventListener("htmx:beforeSwap", (event) => {
    const url = event.detail.xhr.responseURL;
    if (!url || !new URL(url).pathname.startsWith("/accounts/login/")) return;
    event.detail.shouldSwap = false;
    location.reload();
  });
  document.addEventListener("htmx:afterRequest", (event) => { if (event.detail.successful) trouble.hidden = true; });
  document.addEventListener("htmx:sendError", () => complain(trouble.dataset.offline));
  document.addEventListener("htmx:responseError", () => complain(trouble.dataset.refused));
  document.addEventListener("htmx:load", (event) => localise(event.detail.elt));
  // Back from the page cache, buttons are as they were left: busy.
  addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
  localise(document);
})();
