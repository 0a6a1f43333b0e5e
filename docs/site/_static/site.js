// What scrolls sideways can be reached with the keyboard.
window.addEventListener("load", async () => {
  await window.MathJax?.startup?.promise;
  const wide = "pre, mjx-container[display], .pst-scrollable-table-container, .jx-legend, .cell_output";
  const reach = () => {
    for (const part of document.querySelectorAll(wide)) {
      const scrolls = part.scrollWidth > part.clientWidth + 1 || part.scrollHeight > part.clientHeight + 1;
      if (scrolls && getComputedStyle(part).overflow !== "visible") part.tabIndex = 0;
    }
  };
  reach();
  window.addEventListener("resize", reach);
  window.addEventListener("explorer-shown", reach);
});
