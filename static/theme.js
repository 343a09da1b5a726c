// Runs before the first paint. "auto" follows the device; everything else the server has rendered already.
(function () {
  const root = document.documentElement;
  root.classList.add("js");
  if (root.dataset.theme !== "auto") return;
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const follow = () => root.setAttribute("data-bs-theme", dark.matches ? "dark" : "light");
  follow();
  dark.addEventListener("change", follow);
})();
