// Fills the API's page with Swagger UI, which wants a script to start it.
(function () {
  const place = document.getElementById("api-docs");
  // Its dark colours hang on a class; ours on an attribute, which theme.js may change.
  const root = document.documentElement;
  const dress = () => root.classList.toggle("dark-mode", root.dataset.bsTheme === "dark");
  dress();
  new MutationObserver(dress).observe(root, { attributeFilter: ["data-bs-theme"] });
  SwaggerUIBundle({
    domNode: place,
    url: place.dataset.url,
    deepLinking: true,
    defaultModelsExpandDepth: 0,
    displayRequestDuration: true,
    validatorUrl: null,
  });
})();
