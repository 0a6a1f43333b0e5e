// The explorer of the first page, alive without a kernel. Its state and its module are two scripts,
// because a page that was opened from disk may not fetch.
(async () => {
  const told = window.jmmlTold;
  const state = { ...told.state };
  for (const [name, text] of Object.entries(told.blocks)) {
    state[name] = new DataView(Uint8Array.from(atob(text), (c) => c.charCodeAt(0)).buffer);
  }
  const heard = {};
  const model = {
    get: (name) => state[name],
    set: (name, value) => {
      state[name] = value;
      for (const tell of heard[`change:${name}`] ?? []) tell();
    },
    save_changes: () => {},
    send: () => {},
    on: (name, tell) => { (heard[name] ??= []).push(tell); },
    off: () => {},
    standsAlone: true,
  };
  const address = URL.createObjectURL(new Blob([window.jmmlModule], { type: "text/javascript" }));
  const { default: widget } = await import(address);
  widget.render({ model, el: document.getElementById("explorer") });
  requestAnimationFrame(() => window.dispatchEvent(new Event("explorer-shown")));
})();
