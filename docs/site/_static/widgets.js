// Widgets of notebooks without a kernel: everything comes from this folder, nothing from a network.
window.addEventListener("load", async () => {
  const files = `${document.documentElement.dataset.content_root}_static/npm/`;
  const here = new URL(files, document.baseURI).href;
  window.requirejs.config({ paths: { anywidget: `${here}anywidget/dist/index` } });
  await window.MathJax?.startup?.promise;
  if (window.MathJax?.typesetPromise) {
    // The manager asks for formulas in the manner of MathJax 2; this site has MathJax 3.
    window.MathJax.Hub = { Queue: ([, , part]) => window.MathJax.typesetPromise([part]) };
  }
  // The knob of a slider is called as the words beside it.
  new MutationObserver(() => {
    for (const knob of document.querySelectorAll(".widget-slider .noUi-handle:not([aria-label])")) {
      const words = knob.closest(".widget-slider").querySelector(".widget-label");
      if (words?.textContent) knob.setAttribute("aria-label", words.textContent);
    }
  }).observe(document.body, { childList: true, subtree: true });
  const manager = document.createElement("script");
  manager.src = `${here}html-manager/dist/embed-amd.js`;
  manager.dataset.jupyterWidgetsCdn = here;
  document.head.append(manager);
});
