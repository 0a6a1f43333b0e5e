// What every widget does: it hears its model, its size and its page's theme, draws at most once a
// frame, says in its status line what happened, and leaves nothing behind when it closes.

class Widget {
  constructor(model) {
    this.model = model;
    this.calm = window.matchMedia("(prefers-reduced-motion: reduce)");
  }

  // To be called once `root` and `status` stand on the page; `changes` answers the model's events.
  listen(changes) {
    this.changes = Object.entries(changes);
    for (const [name, then] of this.changes) this.model.on(name, then);
    this.resized = new ResizeObserver(() => this.draw());
    this.resized.observe(this.root);
    this.unwatch = watchTheme(() => this.retheme());
    this.retheme();
  }

  close() {
    for (const [name, then] of this.changes) this.model.off(name, then);
    this.resized.disconnect();
    this.unwatch();
    cancelAnimationFrame(this.frame);
  }

  // A page's class changes often; only another theme is worth drawing everything anew.
  retheme() {
    const theme = isDark() ? "dark" : "light";
    if (theme === this.theme) return;
    this.theme = theme;
    this.inks = INKS[theme];
    this.root.dataset.theme = theme;
    this.recolour();
    this.draw();
  }

  // What has colours of the theme but is not drawn by `paint`.
  recolour() {}

  draw() {
    if (this.asked || !this.inks) return;
    this.asked = true;
    this.frame = requestAnimationFrame(() => {
      this.asked = false;
      const began = performance.now();
      this.paint();
      const { dataset } = this.root;
      dataset.paints = Number(dataset.paints ?? 0) + 1;
      dataset.ms = (performance.now() - began).toFixed(2);
    });
  }

  set(name, value) {
    this.model.set(name, value);
    this.model.save_changes();
  }

  say(text) {
    if (this.status.textContent !== text) this.status.textContent = text;
  }
}

// What a widget's module exports.
function shownBy(Kind, name) {
  return {
    render({ model, el }) {
      try {
        const widget = new Kind(model, el);
        return () => widget.close();
      } catch (problem) {
        el.textContent = `The ${name} cannot be shown: ${problem.message}. Run its cell again.`;
        throw problem;
      }
    },
  };
}
