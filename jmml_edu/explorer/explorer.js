// The explorer in the browser: Canvas 2D, no library. Python sends one block of numbers and what
// they mean (packing.py); everything that moves is computed here.

const MOST_CARDS = 4;
const MOST_SELECTED = 1000;
const MANY = 4000; // more points than this are stamped pixel by pixel
const LEAST = 0.01; // as in the road's vote: no way's word counts as less
const KEYS = [
  ["Arrow keys", "go to the next point that way"],
  ["Enter or click", "select the point and hear it"],
  ["Shift + Enter, Shift + click", "add it, to compare up to four"],
  ["Shift + drag", "select all points in a box"],
  ["+ and −, Ctrl + wheel", "zoom; 0 shows all; drag moves the picture"],
  ["Escape", "let go of the selection"],
];

// ---------------------------------------------------------------- what Python has sent

function worldOf(told, block) {
  const read = (name) => arrayOf(told, block, name);
  const world = {
    ...told,
    row: read("row"), label: read("label"), heldOut: read("held_out"), hasEEG: read("has_eeg"),
    person: read("person"),
    says: { off: read("says_speech"), on: read("says_both"), noisy: read("says_noisy") },
    frames: Object.fromEntries(told.tracks.map((t) => [t.name, read(`frames_${t.name}`)])),
  };
  if (told.scalp) {
    world.scalp = {
      ...told.scalp, power: read("scalp_power"), filling: read("scalp_filling"),
      pixels: read("scalp_pixels"),
    };
  }
  world.place = new Map(Array.from(world.row, (row, place) => [row, place]));
  return world;
}

// One small picture per mark: thousands of points are then copies of a few.
function spriteOf(cache, shape, colour, hollow, r) {
  const key = `${shape} ${colour} ${hollow} ${r}`;
  if (!cache.has(key)) {
    const ratio = Math.min(window.devicePixelRatio || 1, 3);
    const size = 2 * Math.ceil(1.4 * r + 1.5);
    const canvas = Object.assign(document.createElement("canvas"), {
      width: Math.round(size * ratio), height: Math.round(size * ratio),
    });
    const brush = canvas.getContext("2d");
    brush.scale(ratio, ratio);
    outline(brush, shape, size / 2, size / 2, r);
    Object.assign(brush, { fillStyle: colour, strokeStyle: colour, lineWidth: 1.1 });
    if (hollow) brush.stroke();
    else brush.fill();
    cache.set(key, { canvas, size });
  }
  return cache.get(key);
}

// ---------------------------------------------------------------- the explorer

class Explorer extends Widget {
  constructor(model, el) {
    super(model);
    this.world = worldOf(model.get("_told"), model.get("_numbers"));
    this.view = { x: 0, y: Math.min(1, this.world.components - 1), colour: "class",
                  training: !this.world.heldOut.includes(1), regions: true,
                  middle: [0, 0], zoom: 1, at: model.get("step") };
    this.sprites = new Map();
    this.regionsOf = new Map();
    this.cursor = -1;
    this.sound = new Sound(model, this.world, () => this.showPlaying());
    this.useful = (k) => k < this.world.useful;
    this.own = new OwnVoice(this);
    this.build(el);
    this.listen({
      "change:step": () => this.go(model.get("step")),
      "change:track": () => this.retrack(),
      "change:eeg": () => this.tellMode(),
      "change:selected": () => this.reselect(),
      "msg:custom": (message, buffers) => message.kind === "ridge" && this.solved(message, buffers),
    });
    this.retrack();
    this.reselect();
    this.tellMode();
  }

  // ------------------------------------------------ what stands on the page

  build(el) {
    const { world } = this;
    const options = Array.from({ length: world.components }, (_, k) =>
      [k, `component ${k + 1}${this.useful(k) ? "" : " (carries nothing)"}`]);
    this.axes = ["x", "y"].map((axis) => choice(
      axis === "x" ? "Across" : "Up", options, this.view[axis], (value) => {
        this.view[axis] = Number(value);
        this.home();
      }));
    const colours = [["class", "class"], ["person", "person"], ["right", "right or wrong"]];
    const colour = choice("Colour", colours, "class", (value) => {
      this.view.colour = value;
      this.showLegend();
      this.draw();
    });
    this.modes = radios("At inference", [
      ["off", "speech alone"], ["on", "with EEG"], ["noisy", "noisy EEG"]],
      (value) => this.setMode(value));
    const ticked = (text, name) => tick(text, this.view[name], (on) => {
      this.view[name] = on;
      this.draw();
    });
    this.panels = ["EEG", "Speech", "Both"].map((name, number) => this.panel(name, number));
    this.status = h("p", { class: "jx-status", role: "status", "aria-live": "polite" });
    this.scores = h("p", { class: "jx-scores" });
    this.warning = h("p", { class: "jx-warning", hidden: true });
    this.legend = h("ul", { class: "jx-legend", tabindex: "-1",
      "aria-label": "What the marks mean" });
    this.regionNote = h("p", { class: "jx-note" });
    this.cards = h("div", { class: "jx-cards" });
    this.table = h("div", { class: "jx-table", tabindex: "0", role: "region",
                            "aria-label": "Table of the selection" });
    const keys = h("dl", {}, ...KEYS.flatMap(([key, does]) => [h("dt", {}, key),
                                                                h("dd", {}, does)]));
    this.root = h("section", { class: "jx", "aria-label": "Explorer of EEG and speech" },
      h("header", { class: "jx-head" },
        world.simulated ? h("strong", { class: "jx-badge" }, world.simulated) : null,
        h("span", {}, world.source),
        ...world.words.map((words) => h("span", { class: "jx-word" }, words))),
      h("div", { class: "jx-bar" }, this.modes.node, ...this.axes, colour,
        ticked("people it learned from", "training"),
        world.regions ? ticked("decision regions", "regions") : null,
        h("button", { type: "button", class: "jx-plain", onclick: () => this.home() }, "Show all"),
        h("details", { class: "jx-keys" }, h("summary", {}, "Keys"), keys)),
      this.warning,
      h("div", { class: "jx-panels" }, ...this.panels.map((panel) => panel.node)),
      h("div", { class: "jx-under" }, this.legend, this.scores),
      this.regionNote, this.status,
      h("div", { class: "jx-below" }, this.timeline(),
        h("div", { class: "jx-detail" }, this.cards,
          h("details", { class: "jx-more" }, h("summary", {}, "Table of the selection"),
            this.table), this.own.node)));
    el.append(h("div", { class: "jx-frame" }, this.root));
    this.showLegend();
    this.showScores();
  }

  panel(name, number) {
    const canvas = h("canvas", { "aria-hidden": "true" });
    const help = "Arrow keys go from point to point, Enter selects, plus and minus zoom.";
    const stage = h("div", { class: "jx-stage", tabindex: "0", role: "application",
      "aria-label": `${name === "Both" ? "EEG and speech codes" : `${name} codes`}. ${help}` },
      canvas);
    const title = { EEG: "EEG", Speech: "Speech", Both: "Both" }[name];
    const say = { EEG: "where its EEG falls", Speech: "where its speech falls",
      Both: this.world.kind === "class" ? "small: EEG, of another trial"
        : "small: EEG, joined to its speech" }[name];
    const node = h("figure", { class: "jx-panel" },
      h("figcaption", {}, h("b", {}, title), " ", h("span", {}, say)), stage);
    const panel = { name, number, canvas, stage, node, size: 0 };
    stage.addEventListener("pointerdown", (event) => this.press(panel, event));
    stage.addEventListener("pointermove", (event) => this.hover(panel, event));
    stage.addEventListener("pointerleave", () => !this.held && this.point(-1));
    stage.addEventListener("keydown", (event) => this.key(panel, event));
    stage.addEventListener("blur", () => this.point(-1));
    stage.addEventListener("wheel", (event) => this.wheel(panel, event), { passive: false });
    return panel;
  }

  timeline() {
    const { tracks } = this.world;
    this.tracks = radios("Go through",
      tracks.map(({ name }) => [name, name === "ridge" ? "ridges" : name]),
      (value) => this.setTrack(value));
    this.tracks.node.hidden = tracks.length < 2;
    this.slider = h("input", { type: "range", min: 0, step: 1,
      oninput: (event) => this.slide(Number(event.target.value)),
      onkeydown: (event) => this.slideByKey(event) });
    this.stepName = h("output", { class: "jx-step" });
    this.playButton = h("button", { type: "button", class: "jx-play",
      onclick: () => (this.playing ? this.pause() : this.play()) }, "▶ Play");
    this.trackNote = h("p", { class: "jx-note" });
    this.correlations = h("canvas", { class: "jx-chart", role: "img" });
    this.losses = h("div", { class: "jx-losses" });
    return h("div", { class: "jx-time" },
      this.tracks.node,
      h("div", { class: "jx-slide" }, this.playButton, this.slider, this.stepName),
      this.trackNote, this.correlations, this.losses);
  }

  close() {
    super.close();
    this.pause();
    clearTimeout(this.asking);
    this.sound.close();
    this.own.close();
  }

  // ------------------------------------------------ steps, play, modes

  get track() {
    const name = this.model.get("track");
    return this.world.tracks.find((track) => track.name === name) ?? this.world.tracks[0];
  }

  setTrack(name) {
    this.pause();
    this.model.set("track", name);
    this.set("step", this.track.steps.length - 1);
    this.retrack();
  }

  retrack() {
    const { track } = this;
    this.tracks.set(track.name);
    const last = track.steps.length - 1;
    this.slider.max = last;
    this.slider.step = this.isFine ? 0.05 : 1;
    this.slider.setAttribute("aria-label", track.title);
    this.slider.disabled = this.playButton.disabled = last === 0;
    this.trackNote.textContent = track.note;
    this.home();
    this.go(this.model.get("step"));
  }

  // Between the ridges that have come along the kernel solves the closed form.
  get isFine() {
    return this.track.name === "ridge" && this.world.n <= MANY && this.world.road !== false
      && !this.model.standsAlone && !this.kernelIsSilent;
  }

  slide(value) {
    const lastRidge = this.track.steps.length - 2;
    if (!this.isFine || value % 1 === 0 || value > lastRidge) this.go(value);
    else this.askRidge(value);
  }

  // Arrow keys go from step to step; with Shift in between, too.
  slideByKey(event) {
    const by = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1 }[event.key];
    if (!by || !this.isFine || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    const { at } = this.view;
    const next = by > 0 ? Math.floor(at + 1e-9) + 1 : Math.ceil(at - 1e-9) - 1;
    const value = event.shiftKey ? Math.round(20 * at + by) / 20 : next;
    this.slide(clamp(value, 0, this.track.steps.length - 1));
  }

  askRidge(at) {
    this.wanted = at;
    this.show(at, `ridge ${this.ridgeAt(at)}`);
    if (this.asking) return;
    this.asking = setTimeout(() => this.silent(), PATIENCE_MS);
    this.model.send({ kind: "ridge", ridge: 10 ** (at - 3), at });
  }

  ridgeAt(at) {
    return String(Number((10 ** (at - 3)).toPrecision(2)));
  }

  solved({ at, train, heldOut }, [view]) {
    clearTimeout(this.asking);
    this.asking = null;
    const bytes = (view.buffer ?? view).slice(view.byteOffset ?? 0);
    const size = 2 * this.world.n * this.world.components;
    this.live = { at, train, heldOut, codes: new Float32Array(bytes, 0, size) };
    if (this.wanted === null) return;
    if (this.wanted !== at) {
      this.askRidge(this.wanted);
      return;
    }
    this.show(at, `ridge ${this.ridgeAt(at)}`);
    this.say(this.stepWords(at));
  }

  silent() {
    this.asking = null;
    this.kernelIsSilent = true;
    this.slider.step = 1;
    this.go(this.view.at);
    this.say("The kernel did not answer: there are the ridges that came along and none in between."
      + " Restart it and run the cell again.");
  }

  show(at, name) {
    this.view.at = at;
    this.slider.value = at;
    this.slider.setAttribute("aria-valuetext", name);
    this.stepName.textContent = name;
    this.draw();
  }

  go(step) {
    const last = this.track.steps.length - 1;
    const at = clamp(Math.round(step), 0, last);
    this.wanted = null;
    this.show(at, this.track.steps[at]);
    if (this.model.get("step") !== at) this.set("step", at);
    if (!this.playing) this.say(this.stepWords(at));
  }

  // What the kernel has solved, where the slider stands on it.
  get solution() {
    const isHere = this.live?.at === this.view.at && this.track.name === "ridge";
    return isHere && this.view.at % 1 ? this.live : null;
  }

  stepWords(at) {
    const held = this.solution?.heldOut ?? this.track.heldOut[at];
    const train = this.solution?.train ?? this.track.train[at];
    const name = this.solution ? `ridge ${this.ridgeAt(at)}` : this.track.steps[at];
    const values = held.slice(0, Math.min(3, this.world.useful)).filter((v) => v != null);
    const agree = values.length ? `correlations of new people ${values.map((v) => fixed(v))
      .join(", ")}` : `correlations of those it learned from ${train.slice(0, 3)
      .map((v) => fixed(v)).join(", ")}`;
    return `${this.track.title}: ${name}; ${agree}.`;
  }

  play() {
    const last = this.track.steps.length - 1;
    let t = this.view.at >= last ? 0 : this.view.at;
    let before = performance.now();
    this.playing = true;
    this.playButton.textContent = "❚❚ Pause";
    const pace = Math.max(last / 8, 1.5); // steps per second: eight seconds at most
    const tick = (now) => {
      if (!this.playing) return;
      t = Math.min(t + ((now - before) / 1000) * pace, last);
      before = now;
      const step = Math.floor(t);
      if (step !== this.model.get("step")) this.go(step);
      this.view.at = this.calm.matches ? step : t;
      this.draw();
      if (t < last) this.tick = requestAnimationFrame(tick);
      else this.pause();
    };
    this.tick = requestAnimationFrame(tick);
  }

  pause() {
    if (!this.playing) return;
    this.playing = false;
    cancelAnimationFrame(this.tick);
    this.playButton.textContent = "▶ Play";
    this.go(Math.round(this.view.at));
  }

  setMode(mode) {
    this.set("eeg", mode);
    this.tellMode();
  }

  tellMode() {
    const mode = this.model.get("eeg");
    this.modes.set(mode);
    const chosen = this.world.kind === "class" && mode !== "off";
    this.warning.hidden = !chosen;
    this.warning.textContent = chosen ? "These pairs were joined by class: the EEG beside each"
      + " utterance was chosen by its label. So EEG tells the answer here, and what is gained by"
      + " switching it on means nothing." : "";
    this.showScores();
    this.showCards();
    this.showLegend();
    this.draw();
    const share = percent(this.world.eegShare);
    const words = { off: "Speech alone decides.",
      on: `Speech and EEG decide together; EEG has ${share} of the say.`,
      noisy: `Speech and noisy EEG decide together; EEG has ${share} of the say.` };
    const recall = this.recall(mode);
    this.say(words[mode] + (Number.isFinite(recall)
      ? ` Average recall of new people: ${percent(recall)}.` : ""));
  }

  // ------------------------------------------------ numbers

  // Side 0 is EEG, 1 speech; between two steps on a straight line.
  code(side, place, k, at = this.view.at, track = this.track) {
    const { n, components, frames } = this.world;
    if (at % 1 && track === this.track && this.solution) {
      return this.solution.codes[(side * n + place) * components + k];
    }
    const all = frames[track.name];
    const low = Math.floor(at);
    const part = at - low;
    const index = (step) => ((step * 2 + side) * n + place) * components + k;
    const value = all[index(low)];
    return part ? value + part * (all[index(low + 1)] - value) : value;
  }

  said(place, mode = this.model.get("eeg")) {
    const c = this.world.classes.length;
    return Array.from(this.world.says[mode].subarray(place * c, (place + 1) * c), Math.exp);
  }

  guess(place, mode) {
    const p = this.said(place, mode);
    return Number.isFinite(p[0]) ? p.indexOf(Math.max(...p)) : -1;
  }

  // Unweighted average recall over the new people that are drawn.
  recall(mode) {
    const { n, classes, heldOut, label } = this.world;
    const [right, all] = [new Float64Array(classes.length), new Float64Array(classes.length)];
    for (let i = 0; i < n; i++) {
      const guess = heldOut[i] && label[i] >= 0 ? this.guess(i, mode) : -1;
      if (guess < 0) continue;
      all[label[i]] += 1;
      right[label[i]] += guess === label[i];
    }
    const shares = Array.from(right, (r, c) => r / all[c]).filter(Number.isFinite);
    return shares.length ? shares.reduce((a, b) => a + b) / shares.length : NaN;
  }

  // Distance of its EEG in all components, and how many EEGs are nearer.
  partner(place, at = this.view.at, track = this.track) {
    const { n, components } = this.world;
    const far = (other) => {
      let sum = 0;
      for (let k = 0; k < components; k++) {
        sum += (this.code(0, other, k, at, track) - this.code(1, place, k, at, track)) ** 2;
      }
      return Math.sqrt(sum);
    };
    const own = far(place);
    if (!Number.isFinite(own)) return null;
    let [nearer, all] = [0, 0];
    for (let i = 0; i < n; i++) {
      const distance = far(i);
      all += Number.isFinite(distance);
      nearer += distance < own;
    }
    return { distance: own, rank: nearer + 1, all };
  }

  // What the mark of a pair tells, as a number: −1 for nothing.
  kind(place) {
    const { label, person } = this.world;
    if (this.view.colour === "class") return label[place];
    if (this.view.colour === "person") return person[place];
    const guess = label[place] < 0 ? -1 : this.guess(place);
    return guess < 0 ? -1 : Number(guess !== label[place]);
  }

  // Colour and shape of what a mark tells.
  markOf(kind) {
    const { palette, muted } = this.inks;
    if (kind < 0) return [muted, "circle"];
    if (this.view.colour === "right") return [palette[kind], kind ? "cross" : "circle"];
    return this.numbered(kind);
  }

  mark(place) {
    return this.markOf(this.kind(place));
  }

  numbered(number) {
    const { palette } = this.inks;
    return [palette[number % palette.length], SHAPES[number % SHAPES.length]];
  }

  name(place) {
    const { people, person, trials, classes, label } = this.world;
    const what = label[place] < 0 ? "unlabelled" : classes[label[place]];
    return `${people[person[place]]}, trial ${trials[place]}, ${what}`;
  }

  // ------------------------------------------------ the panels

  home() {
    const { n, heldOut } = this.world;
    const found = [[], []];
    for (const { code } of this.own.points) {
      found[0].push(code[this.view.x]);
      found[1].push(code[this.view.y]);
    }
    for (let i = 0; i < n; i++) {
      if (!heldOut[i] && !this.view.training) continue;
      for (const side of [0, 1]) {
        const [u, v] = [this.code(side, i, this.view.x), this.code(side, i, this.view.y)];
        if (Number.isFinite(u) && Number.isFinite(v)) {
          found[0].push(u);
          found[1].push(v);
        }
      }
    }
    const ends = found.map((values) => {
      values.sort((a, b) => a - b);
      const cut = Math.floor(0.003 * values.length);
      return values.length ? [values[cut], values[values.length - 1 - cut]] : [-1, 1];
    });
    this.view.middle = ends.map(([low, high]) => (low + high) / 2);
    this.view.reach = 0.56 * Math.max(...ends.map(([low, high]) => high - low), 1e-6);
    this.view.zoom = 1;
    this.draw();
  }

  scaleOf(panel) {
    return (panel.size / 2 / this.view.reach) * this.view.zoom;
  }

  toScreen(panel, u, v) {
    const scale = this.scaleOf(panel);
    const [mu, mv] = this.view.middle;
    return [panel.size / 2 + (u - mu) * scale, panel.size / 2 - (v - mv) * scale];
  }

  sides(panel) {
    return [[0], [1], [0, 1]][panel.number];
  }

  where(panel, side, place) {
    return this.toScreen(panel, this.code(side, place, this.view.x),
      this.code(side, place, this.view.y));
  }

  isDrawn(place) {
    return this.world.heldOut[place] || this.view.training;
  }

  paint() {
    // A legend that scrolls must be reached by keys; one that does not would be in their way.
    this.legend.tabIndex = this.legend.scrollHeight > this.legend.clientHeight ? 0 : -1;
    this.panels.forEach((panel) => this.drawPanel(panel));
    this.drawCorrelations();
    this.drawLosses();
    this.showRegionNote();
    this.root.dataset.step = this.view.at;
  }

  drawPanel(panel) {
    panel.size = panel.stage.clientWidth;
    if (!panel.size) return;
    const brush = fitted(panel.canvas, panel.size, panel.size, this.world.n > MANY);
    const { inks } = this;
    if (panel.number === 1) this.drawRegions(panel, brush);
    brush.strokeStyle = inks.rule;
    brush.lineWidth = 1;
    const [x0, y0] = this.toScreen(panel, 0, 0).map((v) => Math.round(v) + 0.5);
    brush.beginPath();
    brush.moveTo(x0, 0);
    brush.lineTo(x0, panel.size);
    brush.moveTo(0, y0);
    brush.lineTo(panel.size, y0);
    brush.stroke();
    if (panel.number === 2 && this.world.kind === "trial") this.drawLinks(panel, brush);
    if (this.world.n > MANY) this.stampPoints(panel, brush);
    else for (const side of this.sides(panel)) this.drawPoints(panel, brush, side);
    this.drawChosen(panel, brush);
    if (panel.number && this.isRoad) this.drawOwn(panel, brush);
    this.drawAxes(panel, brush);
    this.drawBox(panel, brush);
    if (!this.hasPoints(panel)) this.drawWords(panel, brush);
  }

  hasPoints(panel) {
    for (const side of this.sides(panel)) {
      for (let i = 0; i < this.world.n; i++) {
        if (this.isDrawn(i) && Number.isFinite(this.code(side, i, this.view.x))) return true;
      }
    }
    return false;
  }

  drawWords(panel, brush) {
    brush.fillStyle = this.inks.muted;
    brush.font = "13px system-ui, sans-serif";
    brush.textAlign = "center";
    brush.fillText(`No ${panel.name === "EEG" ? "EEG" : "speech"} here.`,
      panel.size / 2, panel.size / 2 - 10);
  }

  drawAxes(panel, brush) {
    brush.fillStyle = this.inks.muted;
    brush.font = "11px system-ui, sans-serif";
    brush.textAlign = "right";
    const grey = (k) => (this.useful(k) ? "" : ", carries nothing");
    brush.fillText(`component ${this.view.x + 1}${grey(this.view.x)} →`, panel.size - 6,
      panel.size - 7);
    brush.save();
    brush.translate(13, 6);
    brush.rotate(-Math.PI / 2);
    brush.fillText(`component ${this.view.y + 1}${grey(this.view.y)} →`, 0, 0);
    brush.restore();
  }

  drawLinks(panel, brush) {
    const { n } = this.world;
    brush.strokeStyle = this.inks.muted;
    brush.globalAlpha = n > 1000 ? 0.05 : 0.16;
    brush.lineWidth = 0.8;
    brush.beginPath();
    const step = Math.max(1, Math.ceil(n / 2000)); // more lines than that are a grey cloth
    for (let i = 0; i < n; i += step) {
      if (!this.isDrawn(i)) continue;
      const [[a, b], [c, d]] = [this.where(panel, 0, i), this.where(panel, 1, i)];
      if (!Number.isFinite(a + b + c + d)) continue;
      brush.moveTo(a, b);
      brush.lineTo(c, d);
    }
    brush.stroke();
    brush.globalAlpha = 1;
  }

  drawPoints(panel, brush, side) {
    const small = panel.number === 2 && side === 0;
    const r = small ? 2 : clamp(panel.size / 75, 3, 4.6);
    const faint = this.chosen.size > 0;
    for (const heldOut of [0, 1]) {
      brush.globalAlpha = heldOut ? (faint ? 0.4 : 0.8) : 0.55;
      for (let i = 0; i < this.world.n; i++) {
        if (this.world.heldOut[i] !== heldOut || !this.isDrawn(i)) continue;
        const [x, y] = this.where(panel, side, i);
        if (!(x > -9 && y > -9 && x < panel.size + 9 && y < panel.size + 9)) continue;
        const [colour, shape] = this.mark(i);
        const sprite = spriteOf(this.sprites, shape, colour, !heldOut, r);
        const half = sprite.size / 2;
        brush.drawImage(sprite.canvas, x - half, y - half, sprite.size, sprite.size);
      }
    }
    brush.globalAlpha = 1;
  }

  // Twenty thousand points: small shapes are written straight into pixels.
  stampPoints(panel, brush) {
    const { n, components, frames, heldOut } = this.world;
    const { canvas } = panel;
    const [wide, tall] = [canvas.width, canvas.height];
    const picture = brush.getImageData(0, 0, wide, tall);
    const pixels = new Int32Array(picture.data.buffer);
    const all = frames[this.track.name];
    const scale = (this.scaleOf(panel) * wide) / panel.size;
    const { middle: [mu, mv], training, x: across, y: up } = this.view;
    const stamps = [];
    for (const side of this.sides(panel)) {
      let at = (Math.round(this.view.at) * 2 + side) * n * components;
      for (let i = 0; i < n; i++, at += components) {
        if (!heldOut[i] && !training) continue;
        const x = Math.round(wide / 2 + (all[at + across] - mu) * scale) | 0; // whole, for speed
        const y = Math.round(tall / 2 - (all[at + up] - mv) * scale) | 0;
        if (!(x > 4 && y > 4 && x < wide - 5 && y < tall - 5)) continue;
        const kind = this.kind(i);
        const { colour, offsets } = (stamps[kind + 1] ??= this.stampOf(kind, wide));
        const shape = offsets[heldOut[i]];
        for (let k = 0; k < shape.length; k++) pixels[y * wide + x + shape[k]] = colour;
      }
    }
    brush.putImageData(picture, 0, 0);
  }

  // Three by three pixels of a shape, hollow and filled, as distances in a row of pixels.
  stampOf(kind, wide) {
    const [colour, shape] = this.markOf(kind);
    const bits = { circle: "111111111", square: "111111111", triangle: "010111111",
                   diamond: "010111010", down: "111111010", plus: "010111010",
                   cross: "101010101", star: "010111101" }[shape];
    const offsets = (text) => Int32Array.from([...text].flatMap((bit, i) =>
      (bit === "1" ? [(Math.floor(i / 3) - 1) * wide + (i % 3) - 1] : [])));
    const [r, g, b] = [1, 3, 5].map((i) => parseInt(colour.slice(i, i + 2), 16));
    return { colour: (255 << 24) | (b << 16) | (g << 8) | r,
             offsets: [offsets("111101111"), offsets(bits)] };
  }

  drawChosen(panel, brush) {
    const { inks } = this;
    const sides = this.sides(panel);
    const few = this.chosen.size <= MOST_CARDS;
    for (const place of this.chosen) {
      for (const side of sides) this.drawRing(panel, brush, side, place, few ? 9 : 6, few);
    }
    const index = this.model.get("_clip_index");
    if (this.model.standsAlone && this.world.n <= MANY) {
      brush.strokeStyle = inks.muted;
      for (const place of Object.keys(index)) {
        for (const side of sides) {
          if (!this.isDrawn(place)) continue;
          brush.lineWidth = 0.8;
          brush.beginPath();
          brush.arc(...this.where(panel, side, Number(place)), 6.5, 0, 2 * Math.PI);
          brush.stroke();
        }
      }
    }
    if (this.cursor < 0) return;
    for (const side of sides) this.drawRing(panel, brush, side, this.cursor, 8, false);
    if (panel.number === 2 && this.world.kind === "trial") {
      brush.strokeStyle = inks.ink;
      brush.lineWidth = 1.5;
      brush.beginPath();
      brush.moveTo(...this.where(panel, 0, this.cursor));
      brush.lineTo(...this.where(panel, 1, this.cursor));
      brush.stroke();
    }
  }

  drawRing(panel, brush, side, place, r, numbered) {
    const [x, y] = this.where(panel, side, place);
    if (!Number.isFinite(x + y)) return;
    const [colour, shape] = this.mark(place);
    outline(brush, shape, x, y, 5);
    brush.fillStyle = colour;
    brush.fill();
    brush.strokeStyle = this.inks.ink;
    brush.lineWidth = 1.8;
    brush.beginPath();
    brush.arc(x, y, r, 0, 2 * Math.PI);
    brush.stroke();
    if (!numbered) return;
    const number = [...this.chosen].indexOf(place) + 1;
    brush.font = "bold 11px system-ui, sans-serif";
    brush.textAlign = "left";
    brush.lineWidth = 3;
    brush.strokeStyle = this.inks.paper;
    brush.strokeText(number, x + r + 1, y - r + 4);
    brush.fillStyle = this.inks.ink;
    brush.fillText(number, x + r + 1, y - r + 4);
  }

  // The learner's own utterances: speech, and only where the road is shown.
  drawOwn(panel, brush) {
    const { ink, paper, palette } = this.inks;
    this.own.points.forEach(({ code, says }, i) => {
      const [x, y] = this.toScreen(panel, code[this.view.x], code[this.view.y]);
      outline(brush, "star", x, y, 11);
      Object.assign(brush, { fillStyle: palette[says.indexOf(Math.max(...says)) % palette.length],
        strokeStyle: ink, lineWidth: 2 });
      brush.fill();
      brush.stroke();
      Object.assign(brush, { font: "bold 12px system-ui, sans-serif", textAlign: "left",
        strokeStyle: paper, fillStyle: ink, lineWidth: 3 });
      const words = this.own.points.length > 1 ? `you ${i + 1}` : "you";
      brush.strokeText(words, x + 12, y - 8);
      brush.fillText(words, x + 12, y - 8);
    });
  }

  showOwn() {
    const { code } = this.own.points.at(-1);
    const panel = this.panels[1];
    const spot = this.toScreen(panel, code[this.view.x], code[this.view.y]);
    if (!this.isRoad) this.go(this.track.steps.length - 1);
    if (spot.some((v) => v < 12 || v > panel.size - 12)) this.home();
    this.draw();
  }

  drawBox(panel, brush) {
    const { held } = this;
    if (!held?.box || held.panel !== panel) return;
    const [a, b, c, d] = held.box;
    brush.strokeStyle = this.inks.ink;
    brush.setLineDash([4, 3]);
    brush.lineWidth = 1;
    brush.strokeRect(Math.min(a, c), Math.min(b, d), Math.abs(c - a), Math.abs(d - b));
    brush.setLineDash([]);
  }

  // What EEG of the selected utterance adds to the log odds of each class.
  evidence() {
    const mode = this.model.get("eeg");
    const last = [...this.chosen].at(-1);
    if (mode === "off" || last === undefined || !this.world.hasEEG[last]) return null;
    const share = 1 - this.world.eegShare;
    const alone = this.said(last, "off");
    return this.said(last, mode).map((p, c) =>
      Math.log(p) - share * Math.log(Math.max(alone[c], LEAST)));
  }

  get isRoad() { // what the road says holds where the road is shown
    return this.view.at === this.track.steps.length - 1;
  }

  drawRegions(panel, brush) {
    const { regions, classes } = this.world;
    if (!regions || !this.view.regions || !this.isRoad) return;
    const added = this.evidence();
    const grain = 3;
    const size = Math.ceil(panel.size / grain);
    const key = [this.view.x, this.view.y, ...this.view.middle, this.view.zoom, size,
      this.theme, added?.map((v) => v.toFixed(3))].join();
    if (this.regionKey !== key) {
      this.regionKey = key;
      this.regionCanvas = this.regionPicture(panel, size, grain, added);
    }
    const { canvas, middles } = this.regionCanvas;
    brush.imageSmoothingEnabled = true;
    brush.drawImage(canvas, 0, 0, size * grain, size * grain);
    brush.globalAlpha = 0.35;
    middles.forEach(([x, y], c) => {
      const [colour, shape] = this.numbered(c);
      outline(brush, shape, x, y, 11);
      brush.strokeStyle = colour;
      brush.lineWidth = 2;
      if (Number.isFinite(x) && classes.length <= 12) brush.stroke();
    });
    brush.globalAlpha = 1;
  }

  regionPicture(panel, size, grain, added) {
    const { regions, classes } = this.world;
    const share = added ? 1 - this.world.eegShare : 1;
    const canvas = Object.assign(document.createElement("canvas"), { width: size, height: size });
    const brush = canvas.getContext("2d");
    const picture = brush.createImageData(size, size);
    const tints = classes.map((_, c) => [1, 3, 5].map((i) =>
      parseInt(this.numbered(c)[0].slice(i, i + 2), 16)));
    const sums = classes.map(() => [0, 0, 0]);
    const scale = this.scaleOf(panel);
    const odds = new Float64Array(classes.length);
    for (let row = 0; row < size; row++) {
      for (let column = 0; column < size; column++) {
        const [x, y] = [(column + 0.5) * grain, (row + 0.5) * grain];
        const u = (x - panel.size / 2) / scale + this.view.middle[0];
        const v = (panel.size / 2 - y) / scale + this.view.middle[1];
        const best = this.winner(odds, u, v, share, added);
        picture.data.set([...tints[best], this.theme === "dark" ? 46 : 34],
          4 * (row * size + column));
        sums[best][0] += x;
        sums[best][1] += y;
        sums[best][2] += 1;
      }
    }
    brush.putImageData(picture, 0, 0);
    return { canvas, middles: sums.map(([x, y, n]) => [x / n, y / n]) };
  }

  // The class of a speech code that is (u, v) on the axes shown and 0 on all others.
  winner(odds, u, v, share, added) {
    const { weights, offsets } = this.world.regions;
    const { x, y } = this.view;
    let top = -Infinity;
    for (let c = 0; c < odds.length; c++) {
      odds[c] = offsets[c] + weights[c][x] * u + (y === x ? 0 : weights[c][y] * v);
      top = Math.max(top, odds[c]);
    }
    if (added) {
      let sum = 0;
      for (let c = 0; c < odds.length; c++) sum += Math.exp(odds[c] - top);
      for (let c = 0; c < odds.length; c++) {
        const p = Math.max(Math.exp(odds[c] - top) / sum, LEAST);
        odds[c] = share * Math.log(p) + added[c];
      }
    }
    return odds.indexOf(Math.max(...odds));
  }

  showRegionNote() {
    const { regions } = this.world;
    if (!regions || !this.view.regions) {
      this.regionNote.textContent = "";
      return;
    }
    if (!this.isRoad) {
      this.regionNote.textContent = "Decision regions are the road’s own: they come back at the"
        + " last step. Predictions are those of the road at every step.";
      return;
    }
    const mode = this.model.get("eeg");
    const shift = mode === "off" ? "" : this.evidence()
      ? ` With the ${mode === "noisy" ? "noisy " : ""}EEG of the utterance selected last.`
      : " Select an utterance with EEG to see how its EEG moves the borders.";
    this.regionNote.textContent = `Shaded: what one voter of the road, “${regions.name}”, with`
      + ` ${regions.say < 0.01 ? "less than 1 %" : percent(regions.say)} of the vote, says of a speech code here, other components`
      + ` at 0.${shift}`;
  }

  // ------------------------------------------------ pointing, selecting

  nearest(panel, x, y, reach = 14) {
    let [best, least] = [-1, reach];
    for (const side of this.sides(panel)) {
      for (let i = 0; i < this.world.n; i++) {
        if (!this.isDrawn(i)) continue;
        const [a, b] = this.where(panel, side, i);
        const far = Math.hypot(a - x, b - y);
        if (far < least) [best, least] = [i, far];
      }
    }
    return best;
  }

  at(panel, event) {
    const box = panel.canvas.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  }

  hover(panel, event) {
    if (this.held) return;
    this.point(this.nearest(panel, ...this.at(panel, event)));
  }

  point(place) {
    if (place === this.cursor) return;
    this.cursor = place;
    this.draw();
    if (place < 0) return;
    const found = this.partner(place);
    const { kind } = this.world;
    const about = !found ? (this.world.hasEEG[place] ? "" : "; it has no EEG")
      : kind === "class" ? "; its EEG is another trial's, chosen by class"
        : `; its own EEG lies ${fixed(found.distance)} away, nearer than all but`
          + ` ${found.rank - 1} of ${found.all}`;
    const known = this.world.heldOut[place] ? "" : "; the road has learned from this person";
    this.say(`${this.name(place)}${about}${known}.`);
  }

  press(panel, event) {
    if (event.button !== 0) return;
    panel.stage.focus({ preventScroll: true });
    const start = this.at(panel, event);
    const held = (this.held = { panel, start, middle: [...this.view.middle], moved: false,
                                brush: event.shiftKey });
    panel.stage.setPointerCapture(event.pointerId);
    const move = (now) => {
      const [x, y] = this.at(panel, now);
      held.moved ||= Math.hypot(x - start[0], y - start[1]) > 4;
      if (!held.moved) return;
      if (held.brush) held.box = [...start, x, y];
      else {
        const scale = this.scaleOf(panel);
        this.view.middle = [held.middle[0] - (x - start[0]) / scale,
                            held.middle[1] + (y - start[1]) / scale];
      }
      this.draw();
    };
    const release = (now) => {
      panel.stage.removeEventListener("pointermove", move);
      panel.stage.removeEventListener("pointerup", release);
      panel.stage.removeEventListener("pointercancel", release);
      this.held = null;
      if (held.box) this.selectBox(panel, held.box);
      else if (!held.moved && now.type === "pointerup") {
        const place = this.nearest(panel, ...start);
        if (place >= 0) this.choose(place, now.shiftKey || now.ctrlKey || now.metaKey);
      }
      this.draw();
    };
    panel.stage.addEventListener("pointermove", move);
    panel.stage.addEventListener("pointerup", release);
    panel.stage.addEventListener("pointercancel", release);
  }

  selectBox(panel, [a, b, c, d]) {
    const inside = [];
    for (let i = 0; i < this.world.n && inside.length < MOST_SELECTED; i++) {
      if (!this.isDrawn(i)) continue;
      const [low, high] = [[Math.min(a, c), Math.min(b, d)], [Math.max(a, c), Math.max(b, d)]];
      if (this.sides(panel).some((side) => {
        const [x, y] = this.where(panel, side, i);
        return x >= low[0] && x <= high[0] && y >= low[1] && y <= high[1];
      })) inside.push(i);
    }
    this.select(inside);
    this.say(this.boxWords(inside));
  }

  boxWords(inside) {
    const { classes, label } = this.world;
    const counts = classes.map((name, c) => [name, inside.filter((i) => label[i] === c).length])
      .filter(([, n]) => n).map(([name, n]) => `${n} ${name}`);
    const judged = inside.filter((i) => label[i] >= 0 && this.guess(i) >= 0);
    const right = judged.filter((i) => this.guess(i) === label[i]).length;
    const full = inside.length === MOST_SELECTED ? " (at most so many)" : "";
    return `${inside.length} selected${full}${counts.length ? `: ${counts.join(", ")}` : ""}.`
      + (judged.length ? ` The road is right for ${right} of ${judged.length}.` : "");
  }

  choose(place, also) {
    const before = also ? [...this.chosen].filter((one) => one !== place) : [];
    this.select([...before, place].slice(also ? -MOST_CARDS : -1));
    const guess = this.guess(place);
    this.say(`Selected ${this.name(place)}.${guess < 0 ? ""
      : ` The road says ${this.world.classes[guess]}, ${percent(this.said(place)[guess])}.`}`);
    this.hear(place);
  }

  select(places) {
    this.set("selected", places.map((place) => this.world.row[place]));
    this.reselect();
  }

  reselect() {
    const places = this.model.get("selected").map((row) => this.world.place.get(row));
    this.chosen = new Set(places.filter((place) => place !== undefined));
    this.showCards();
    this.showTable();
    this.draw();
  }

  hear(place) {
    this.sound.play(place).catch((problem) => this.silence(place, problem.message));
  }

  silence(place, words) {
    const card = this.cards.querySelector(`[data-place="${place}"] .jx-sound`);
    if (card) card.replaceChildren(h("p", { class: "jx-note" }, words));
    this.say(words);
  }

  key(panel, event) {
    const arrows = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
    const { key } = event;
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    if (arrows[key]) this.step(panel, arrows[key]);
    else if ((key === "Enter" || key === " ") && this.cursor >= 0) {
      this.choose(this.cursor, event.shiftKey);
    } else if (key === "+" || key === "=") this.magnify(1.25, panel, this.cursor);
    else if (key === "-" || key === "_") this.magnify(0.8, panel, this.cursor);
    else if (key === "0") this.home();
    else if (key === "Escape" && this.chosen.size) {
      this.sound.stop();
      this.select([]);
      this.say("Nothing is selected.");
    } else if (key === "Escape") panel.stage.blur();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  step(panel, [across, down]) {
    const side = this.sides(panel).at(-1);
    const from = this.cursor >= 0 ? this.where(panel, side, this.cursor)
      : [panel.size / 2, panel.size / 2];
    const start = from.every(Number.isFinite) ? from : [panel.size / 2, panel.size / 2];
    let [best, least] = [-1, Infinity];
    for (let i = 0; i < this.world.n; i++) {
      if (!this.isDrawn(i) || i === this.cursor) continue;
      const [x, y] = this.where(panel, side, i);
      const [ahead, aside] = [(x - start[0]) * across + (y - start[1]) * down,
                              Math.abs((x - start[0]) * down - (y - start[1]) * across)];
      const cost = ahead + 2 * aside;
      if (ahead > 0 && cost < least) [best, least] = [i, cost];
    }
    if (best >= 0) this.point(best);
  }

  magnify(factor, panel, place) {
    const side = this.sides(panel).at(-1);
    const spot = place >= 0 ? [this.code(side, place, this.view.x),
                               this.code(side, place, this.view.y)] : this.view.middle;
    this.zoomAt(factor, spot.every(Number.isFinite) ? spot : this.view.middle);
  }

  zoomAt(factor, [u, v]) {
    const zoom = clamp(this.view.zoom * factor, 0.5, 60);
    const part = this.view.zoom / zoom;
    const [mu, mv] = this.view.middle;
    Object.assign(this.view, { zoom, middle: [u + (mu - u) * part, v + (mv - v) * part] });
    this.draw();
  }

  wheel(panel, event) {
    if (!event.ctrlKey && !event.metaKey) return; // the page scrolls
    event.preventDefault();
    const [x, y] = this.at(panel, event);
    const scale = this.scaleOf(panel);
    this.zoomAt(Math.exp(-event.deltaY / 300), [
      this.view.middle[0] + (x - panel.size / 2) / scale,
      this.view.middle[1] + (panel.size / 2 - y) / scale]);
  }

  // ------------------------------------------------ words, legend, scores

  showLegend() {
    const { classes, label, people } = this.world;
    const items = { class: classes, person: people, right: ["right", "wrong"] }[this.view.colour];
    const marks = { right: [[0, "circle"], [1, "cross"]] }[this.view.colour];
    const shown = items.slice(0, 40).map((name, i) => {
      const [colour, shape] = marks ? [this.inks?.palette[marks[i][0]], marks[i][1]]
        : this.inks ? this.numbered(i) : ["#888888", "circle"];
      return h("li", {}, this.swatch(shape, colour), name);
    });
    const open = label.some((number) => number < 0) && this.view.colour !== "person";
    const extra = [
      items.length > 40 ? `and ${items.length - 40} more` : null,
      open ? "grey: unlabelled" : null,
      this.world.heldOut.includes(1) ? "filled: new people" : null,
      this.world.heldOut.includes(0) ? "hollow: people it learned from" : null,
    ].filter(Boolean);
    this.legend.replaceChildren(...shown, ...extra.map((words) => h("li", {}, words)));
  }

  swatch(shape, colour) {
    const canvas = h("canvas", { class: "jx-swatch", "aria-hidden": "true" });
    const brush = fitted(canvas, 14, 14);
    brush.fillStyle = colour;
    outline(brush, shape, 7, 7, 4.6);
    brush.fill();
    return canvas;
  }

  showScores() {
    const names = { off: "speech alone", on: "with EEG", noisy: "with noisy EEG" };
    const values = Object.keys(names).map((mode) => [mode, this.recall(mode)]);
    if (!values.some(([, value]) => Number.isFinite(value))) {
      this.scores.textContent = "";
      return;
    }
    const current = this.model.get("eeg");
    this.scores.replaceChildren("New people, average recall: ",
      ...values.flatMap(([mode, value], i) => [i ? " · " : "",
        h(mode === current ? "b" : "span", {}, `${names[mode]} ${percent(value)}`)]),
      ` · guessing ${percent(1 / this.world.classes.length)} · EEG has `
      + `${percent(this.world.eegShare)} of the say where it is there`);
  }

  showTable() {
    if (!this.chosen.size) {
      this.table.replaceChildren(h("p", {}, "Nothing is selected."));
      return;
    }
    const word = (i, mode) => this.world.classes[this.guess(i, mode)] ?? "–";
    const heads = ["row", "person", "trial", "class", "new", "from speech", "with EEG",
      "noisy EEG", "distance to its EEG", "rank"];
    const [track] = this.world.tracks;
    const lines = [...this.chosen].slice(0, 50).map((i) => {
      const found = this.partner(i, track.steps.length - 1, track); // as in explorer.selection
      return [this.world.row[i], this.world.people[this.world.person[i]], this.world.trials[i],
        this.world.classes[this.world.label[i]] ?? "–", this.world.heldOut[i] ? "yes" : "no",
        word(i, "off"), word(i, "on"), word(i, "noisy"), fixed(found?.distance ?? NaN),
        found ? `${found.rank} of ${found.all}` : "–"];
    });
    const more = this.chosen.size > 50 ? [h("p", {}, `The first 50 of ${this.chosen.size}; `
      + "explorer.selection has them all.")] : [];
    this.table.replaceChildren(h("table", {},
      h("thead", {}, h("tr", {}, ...heads.map((text) => h("th", { scope: "col" }, text)))),
      h("tbody", {}, ...lines.map((line) => h("tr", {},
        ...line.map((text) => h("td", {}, String(text))))))), ...more);
  }

  // ------------------------------------------------ one selected pair

  showCards() {
    if (!this.chosen) return;
    const places = [...this.chosen];
    if (!places.length) {
      this.cards.replaceChildren(h("p", { class: "jx-empty" },
        "Click a point, or reach one with Tab and the arrow keys and press Enter: you hear the"
        + " utterance, and see its spectrogram, its scalp and what the road says of it."));
      return;
    }
    const shown = places.length <= MOST_CARDS ? places : places.slice(-1);
    const many = places.length > MOST_CARDS
      ? [h("p", { class: "jx-note" }, `${this.boxWords(places)} The last one:`)] : [];
    this.cards.replaceChildren(...many,
      ...shown.map((place, i) => this.card(place, shown.length > 1 ? i + 1 : 0)));
    this.showPlaying();
  }

  card(place, number) {
    const { people, person, trials, classes, label, heldOut } = this.world;
    const truth = label[place] < 0 ? "unlabelled" : classes[label[place]];
    const button = h("button", { type: "button", class: "jx-hear",
      "aria-label": `Hear ${this.name(place)}`,
      onclick: () => (this.sound.playing === place ? this.sound.stop() : this.hear(place)) },
      "▶ Hear");
    const sound = h("div", { class: "jx-sound" },
      h("canvas", { class: "jx-wave", role: "img", "aria-label": "Waveform" }),
      h("canvas", { class: "jx-spectrum", role: "img",
                    "aria-label": "Spectrogram, 0 to 5 kilohertz" }));
    const card = h("article", { class: "jx-card", "data-place": place },
      h("header", {}, h("h3", {}, `${number ? `${number}. ` : ""}${people[person[place]]}, `
        + `trial ${trials[place]}`),
        button),
      h("p", { class: "jx-note" }, `Labelled ${truth}. ${heldOut[place] ? "A new person."
        : "The road has learned from this person."}`),
      sound, this.scalpOf(place), this.barsOf(place));
    this.sound.bufferOf(place).then(
      (buffer) => {
        if (!card.isConnected) return;
        drawSound(sound, buffer, this.inks);
        card.dataset.sound = buffer.duration.toFixed(2);
      },
      (problem) => {
        button.disabled = true;
        sound.replaceChildren(h("p", { class: "jx-note" }, problem.message));
      });
    return card;
  }

  scalpOf(place) {
    const { scalp, hasEEG, kind } = this.world;
    if (!hasEEG[place]) return h("p", { class: "jx-note" }, "This pair has no EEG.");
    if (!scalp) {
      return h("p", { class: "jx-note" },
        "Its EEG features are no band powers of known electrodes: there is no map of the scalp.");
    }
    const heads = scalp.bands.map((band, b) => {
      const canvas = h("canvas", { class: "jx-scalp", role: "img",
        "aria-label": this.scalpWords(place, b) });
      const first = (place * scalp.bands.length + b) * scalp.electrodes.length;
      drawScalp(canvas, scalp, scalp.power.subarray(first), this.inks);
      return h("figure", {}, canvas, h("figcaption", {}, band));
    });
    const whose = kind === "class" ? "EEG of another trial of this class: " : "EEG: ";
    return h("div", { class: "jx-scalps" }, ...heads, h("p", { class: "jx-note" },
      `${whose}log power, ${this.world.centred ? "less this person’s mean" : "less the mean of all"}`
      + `, from −${fixed(scalp.range, 1)} (blue) to +${fixed(scalp.range, 1)} (orange).`));
  }

  scalpWords(place, band) {
    const { scalp } = this.world;
    const e = scalp.electrodes.length;
    const at = (place * scalp.bands.length + band) * e;
    const power = scalp.power.subarray(at, at + e);
    const [top, low] = [power.indexOf(Math.max(...power)), power.indexOf(Math.min(...power))];
    return `${scalp.bands[band]} power on the scalp: highest at ${scalp.electrodes[top]}, `
      + `${fixed(power[top])}, lowest at ${scalp.electrodes[low]}, ${fixed(power[low])}`;
  }

  barsOf(place) {
    const mode = this.model.get("eeg");
    const [now, alone] = [this.said(place, mode), this.said(place, "off")];
    if (!now.every(Number.isFinite)) {
      return h("p", { class: "jx-note" }, "There is no speech here for the road to judge.");
    }
    const best = now.indexOf(Math.max(...now));
    const { classes, label, kind, hasEEG } = this.world;
    const order = classes.map((_, c) => c).sort((a, b) => now[b] - now[a]).slice(0, 8)
      .sort((a, b) => a - b);
    const rows = order.map((c) => {
      const [colour, shape] = this.numbered(c);
      return h("tr", { class: c === best ? "jx-best" : null },
        h("th", { scope: "row" }, this.swatch(shape, colour), classes[c],
          c === label[place] ? h("small", {}, " label") : null),
        h("td", { class: "jx-bar-cell" }, h("span", { class: "jx-fill",
          style: `width:${(100 * now[c]).toFixed(1)}%;background:${colour}` }),
          mode === "off" ? null : h("span", { class: "jx-before",
            style: `left:${(100 * alone[c]).toFixed(1)}%` })),
        h("td", {}, percent(now[c])),
        mode === "off" ? null : h("td", { class: "jx-was" }, percent(alone[c])));
    });
    const words = { off: "from speech alone", on: "with EEG", noisy: "with noisy EEG" }[mode];
    const without = mode !== "off" && !hasEEG[place] ? " It has no EEG, so nothing changes." : "";
    const chosen = mode !== "off" && kind === "class" && hasEEG[place]
      ? " Its EEG was chosen by the label." : "";
    return h("table", { class: "jx-bars" },
      h("colgroup", {}, h("col", { class: "jx-name" }), h("col"), h("col", { class: "jx-share" }),
        mode === "off" ? null : h("col", { class: "jx-share" })),
      h("caption", {}, `The road says ${classes[best]} ${words}.${without}${chosen}`),
      h("thead", { class: mode === "off" ? "jx-sr" : null }, h("tr", {},
        h("th", { scope: "col" }, "class"), h("td", {}),
        h("th", { scope: "col" }, { off: "probability", on: "both", noisy: "noisy" }[mode]),
        mode === "off" ? null : h("th", { scope: "col" }, "alone"))),
      h("tbody", {}, ...rows));
  }

  showPlaying() {
    for (const card of this.cards.querySelectorAll(".jx-card")) {
      const on = Number(card.dataset.place) === this.sound.playing;
      const button = card.querySelector(".jx-hear");
      button.textContent = on ? "■ Stop" : "▶ Hear";
      card.classList.toggle("jx-sounds", on);
    }
  }

  // ------------------------------------------------ charts below

  drawCorrelations() {
    const canvas = this.correlations;
    const [wide, tall] = [canvas.parentElement.clientWidth, 150];
    if (!wide) return;
    canvas.style.height = `${tall}px`;
    const brush = fitted(canvas, wide, tall);
    const { inks, track } = this;
    const edge = { left: 34, right: wide - 12, top: 22, bottom: tall - 22 };
    const all = [...track.train, ...track.heldOut].flat().filter((v) => v != null);
    const low = Math.min(0, ...all) - 0.02;
    const up = (v) => edge.bottom - ((v - low) / (1.02 - low)) * (edge.bottom - edge.top);
    brush.font = "11px system-ui, sans-serif";
    brush.fillStyle = inks.muted;
    brush.strokeStyle = inks.rule;
    brush.lineWidth = 1;
    for (const v of [0, 0.5, 1]) {
      brush.beginPath();
      brush.moveTo(edge.left, up(v));
      brush.lineTo(edge.right, up(v));
      brush.stroke();
      brush.textAlign = "right";
      brush.fillText(v, edge.left - 6, up(v) + 4);
    }
    brush.textAlign = "left";
    const single = track.steps.length < 3;
    brush.fillText(single ? "correlation by component · filled: new people · hollow: learned from"
      : "correlation at each step · solid: new people · dashed: learned from",
      edge.left, 12, edge.right - edge.left);
    if (single) this.dots(brush, edge, up);
    else this.lines(brush, edge, up);
    canvas.setAttribute("aria-label",
      this.stepWords(this.solution ? this.view.at : Math.round(this.view.at)));
  }

  dots(brush, edge, up) {
    const { components } = this.world;
    const at = Math.round(this.view.at);
    const gap = (edge.right - edge.left) / components;
    for (let k = 0; k < components; k++) {
      const x = edge.left + (k + 0.5) * gap;
      const colour = this.useful(k) ? this.inks.accent : this.inks.muted;
      const [train, held] = [this.track.train[at][k], this.track.heldOut[at][k]];
      Object.assign(brush, { strokeStyle: colour, fillStyle: colour, lineWidth: 1.6 });
      brush.globalAlpha = this.useful(k) ? 1 : 0.5;
      if (train != null) {
        outline(brush, "circle", x, up(train), 5);
        brush.stroke();
      }
      if (held != null) {
        outline(brush, "circle", x, up(held), 5);
        brush.fill();
        brush.textAlign = "center";
        brush.fillText(fixed(held), x + 22, up(held) + 4);
      }
      brush.globalAlpha = 1;
      brush.fillStyle = this.inks.muted;
      brush.textAlign = "center";
      brush.fillText(k + 1, x, edge.bottom + 15);
    }
  }

  lines(brush, edge, up) {
    const { track } = this;
    const last = track.steps.length - 1;
    const across = (step) => edge.left + (step / last) * (edge.right - edge.left);
    const now = this.view.at;
    const dashes = [[], [4, 3]];
    for (let k = this.world.components - 1; k >= 0; k--) {
      const colour = this.useful(k) ? this.inks.palette[k % this.inks.palette.length]
        : this.inks.muted;
      [track.heldOut, track.train].forEach((values, kind) => {
        brush.setLineDash(dashes[kind]);
        for (const drawn of [false, true]) { // what lies ahead is faint
          brush.globalAlpha = (drawn ? 1 : 0.25) * (this.useful(k) ? 1 : 0.5) * (kind ? 0.7 : 1);
          brush.strokeStyle = colour;
          brush.lineWidth = kind ? 1.2 : 2;
          brush.beginPath();
          values.slice(0, -1).forEach((line, step) => {
            if (line[k] != null && (drawn ? step <= now : step >= Math.floor(now))) {
              brush.lineTo(across(step), up(line[k]));
            }
          });
          brush.stroke();
        }
        // The road is no step of this walk: it stands apart.
        const road = values[last][k];
        if (road == null) return;
        brush.setLineDash([]);
        brush.globalAlpha = this.useful(k) ? 1 : 0.5;
        outline(brush, "circle", across(last), up(road), 3);
        Object.assign(brush, { strokeStyle: colour, fillStyle: colour, lineWidth: 1.2 });
        if (kind) brush.stroke();
        else brush.fill();
      });
    }
    brush.setLineDash([]);
    brush.globalAlpha = 1;
    if (this.solution) this.drawSolution(brush, across(now), up);
    brush.strokeStyle = this.inks.ink;
    brush.lineWidth = 1;
    brush.beginPath();
    brush.moveTo(across(now), edge.top);
    brush.lineTo(across(now), edge.bottom);
    brush.stroke();
    brush.fillStyle = this.inks.muted;
    brush.textAlign = "left";
    brush.fillText(track.steps[0], edge.left, edge.bottom + 15);
    brush.textAlign = "right";
    brush.fillText(track.steps[last], edge.right, edge.bottom + 15);
  }

  drawSolution(brush, x, up) {
    const { heldOut, train } = this.solution;
    [heldOut, train].forEach((values, kind) => values.forEach((value, k) => {
      if (value == null) return;
      const colour = this.useful(k) ? this.inks.palette[k % this.inks.palette.length]
        : this.inks.muted;
      outline(brush, "circle", x, up(value), 3.5);
      Object.assign(brush, { strokeStyle: colour, fillStyle: colour, lineWidth: 1.2 });
      if (kind) brush.stroke();
      else brush.fill();
    }));
  }

  drawLosses() {
    const { losses, numbers, name } = this.track;
    const terms = Object.entries(losses);
    if (this.lossTrack !== name) {
      this.lossTrack = name;
      this.losses.replaceChildren(...terms.map(([term]) => h("figure", {},
        h("figcaption", {}, h("span", {}, `loss: ${term}`), h("output", {})),
        h("canvas", { "aria-hidden": "true" }))));
    }
    terms.forEach(([, values], i) => {
      const figure = this.losses.children[i];
      const canvas = figure.querySelector("canvas");
      const wide = figure.clientWidth;
      const brush = fitted(canvas, wide, 30);
      const [low, high] = [Math.min(...values), Math.max(...values)];
      const up = (v) => 27 - (24 * (v - low)) / Math.max(high - low, 1e-12);
      const x = (epoch) => 2 + ((epoch - 1) / Math.max(values.length - 1, 1)) * (wide - 4);
      brush.strokeStyle = this.inks.accent;
      brush.lineWidth = 1.5;
      brush.beginPath();
      values.forEach((v, j) => brush.lineTo(x(j + 1), up(v)));
      brush.stroke();
      const epoch = Math.round(numbers[Math.floor(this.view.at)]);
      const value = values[epoch - 1];
      figure.querySelector("output").textContent = value === undefined ? "" : fixed(value, 3);
      if (value === undefined) return;
      brush.fillStyle = this.inks.ink;
      outline(brush, "circle", x(epoch), up(value), 3.5);
      brush.fill();
    });
  }

  recolour() {
    this.showLegend();
    this.showCards();
  }
}

export default shownBy(Explorer, "explorer");
