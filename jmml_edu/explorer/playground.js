// Two clouds to turn by hand. Python sends points, moments and the answer (playground.py); how much
// two directions correlate is computed here, from the moments of all pairs.

const VIEWS = ["eeg", "speech"];
const NAMES = { eeg: "EEG", speech: "Speech" };
const TONES = {
  light: [[0, 34, 77], [43, 63, 109], [86, 92, 109], [124, 123, 120], [166, 156, 115],
          [208, 190, 96], [240, 214, 40]],
  dark: [[58, 124, 222], [96, 148, 216], [140, 172, 208], [178, 190, 200], [206, 200, 160],
         [232, 212, 110], [255, 229, 80]],
};
const TURN_MS = 900;
const SPREADS = 3.4; // standard deviations that the third panel shows

// ---------------------------------------------------------------- two by two

const times = (m, [x, y]) => [m[0][0] * x + m[0][1] * y, m[1][0] * x + m[1][1] * y];
const dot = (a, b) => a[0] * b[0] + a[1] * b[1];
const aside = ([x, y]) => [-y, x];
const towards = (degrees) => [Math.cos((degrees * Math.PI) / 180),
                              Math.sin((degrees * Math.PI) / 180)];
const degreesOf = ([x, y]) => ((Math.atan2(y, x) * 180) / Math.PI + 360) % 360;
const shortest = (from, to) => ((to - from + 540) % 360) - 180;
const inverse = ([[a, b], [c, d]]) => {
  const size = a * d - b * c;
  return [[d / size, -b / size], [-c / size, a / size]];
};

// ---------------------------------------------------------------- the playground

class Playground extends Widget {
  constructor(model, el) {
    super(model);
    this.world = model.get("_told");
    this.roundness = Number(model.get("is_round"));
    this.moving = {};
    this.build(el);
    this.listen({
      "change:eeg_angle": () => this.turned(), "change:speech_angle": () => this.turned(),
      "change:is_round": () => this.makeRound(), "change:solved": () => this.tellSolved(),
    });
    this.turned();
    this.tellSolved();
  }

  build(el) {
    const { world } = this;
    this.panels = Object.fromEntries(VIEWS.map((view) => [view, this.cloud(view)]));
    this.agreement = h("canvas", { role: "img" });
    this.number = h("output", { class: "jx-rho" });
    this.bar = h("div", { class: "jx-meter", "aria-hidden": "true" },
      h("span", { class: "jx-now" }), h("span", { class: "jx-reached" }));
    this.byHand = h("p", { class: "jx-note" });
    this.status = h("p", { class: "jx-status", role: "status", "aria-live": "polite" });
    this.solveButton = h("button", { type: "button", class: "jx-solve",
      onclick: () => (this.model.get("solved") ? this.startOver() : this.solve()) });
    this.roundTick = tick("make both clouds round", this.model.get("is_round"), (on) => {
      this.set("is_round", on);
      this.makeRound();
    });
    this.answer = h("p", {});
    this.map = h("canvas", { class: "jx-map", role: "img" });
    this.axesTable = h("table", { class: "jx-crossed" });
    this.solution = h("div", { class: "jx-solution" },
      h("div", {}, this.answer, this.axesTable),
      h("figure", {}, h("figcaption", {}, "Correlation of all pairs of directions"), this.map));
    const joined = world.kind === "class" ? h("span", { class: "jx-word" },
      "Pairs are joined by class: which speech stands beside which EEG was chosen by the label.")
      : null;
    this.root = h("section", { class: "jx", "aria-label": "Correlation by hand" },
      h("header", { class: "jx-head" },
        world.simulated ? h("strong", { class: "jx-badge" }, world.simulated) : null,
        h("span", {}, `${world.source}, ${world.n} pairs`), joined),
      h("div", { class: "jx-panels" }, ...VIEWS.map((view) => this.panels[view].node),
        h("figure", { class: "jx-panel" },
          h("figcaption", {}, h("b", {}, "Read off both"), " ",
            h("span", {}, "one value against the other")),
          h("div", { class: "jx-stage jx-still" }, this.agreement),
          h("div", { class: "jx-slide" }, this.number, this.bar))),
      h("div", { class: "jx-bar" }, this.solveButton, this.roundTick, this.byHand),
      this.status, this.solution);
    el.append(h("div", { class: "jx-frame" }, this.root));
  }

  cloud(view) {
    const canvas = h("canvas", { "aria-hidden": "true" });
    const stage = h("div", { class: "jx-stage jx-turn", tabindex: "0", role: "slider",
      "aria-label": `Direction in which ${view === "eeg" ? "EEG" : "speech"} is read`,
      "aria-valuemin": 0, "aria-valuemax": 359 }, canvas);
    const slider = h("input", { type: "range", min: 0, max: 359, step: 1,
      "aria-label": `${NAMES[view]} direction in degrees`,
      oninput: (event) => this.turn(view, Number(event.target.value)) });
    const readout = h("output", { class: "jx-degrees" });
    const node = h("figure", { class: "jx-panel" },
      h("figcaption", {}, h("b", {}, NAMES[view]), " ", h("span", {}, "drag the arrow")),
      stage, h("div", { class: "jx-slide" }, slider, readout));
    stage.addEventListener("pointerdown", (event) => this.press(view, event));
    stage.addEventListener("keydown", (event) => this.key(view, event));
    return { node, canvas, stage, slider, readout };
  }

  close() {
    super.close();
    Object.values(this.moving).forEach(cancelAnimationFrame);
  }

  // ------------------------------------------------ directions and what they share

  // A direction tells how features are weighed: value = features · direction. Where the cloud is
  // drawn as `morph` times features, the same value is read along `inverse(morph)` times it.
  morph(view) {
    const [t, rounding] = [this.roundness, this.world.rounding[view]];
    return rounding.map((row, i) => row.map((v, j) => t * v + (1 - t) * Number(i === j)));
  }

  direction(view) {
    return towards(this.model.get(`${view}_angle`));
  }

  shown(view, direction = this.direction(view)) {
    return degreesOf(times(inverse(this.morph(view)), direction));
  }

  // At right angles to a direction where the cloud is round: uncorrelated with it.
  second(view) {
    const { rounding } = this.world;
    const round = times(inverse(rounding[view]), this.direction(view));
    return times(rounding[view], aside(round));
  }

  spread(view, direction) {
    return Math.sqrt(dot(direction, times(this.world.covariance[view], direction)));
  }

  correlation(eeg = this.direction("eeg"), speech = this.direction("speech")) {
    return dot(eeg, times(this.world.cross, speech))
      / (this.spread("eeg", eeg) * this.spread("speech", speech));
  }

  // ------------------------------------------------ turning

  // Turns to an angle of what is drawn.
  turn(view, degrees) {
    cancelAnimationFrame(this.moving.turn);
    const angle = degreesOf(times(this.morph(view), towards(degrees)));
    this.model.set(`${view}_angle`, angle);
    const now = Math.abs(this.correlation());
    if (!this.model.get("solved") && now > this.model.get("reached")) this.model.set("reached", now);
    this.model.save_changes();
    this.turned();
    if (!this.held) this.say(this.words());
  }

  turned() {
    for (const view of VIEWS) {
      const { stage, slider, readout } = this.panels[view];
      const degrees = Math.round(this.shown(view)) % 360;
      slider.value = degrees;
      readout.textContent = `${degrees}°`;
      stage.setAttribute("aria-valuenow", degrees);
      stage.setAttribute("aria-valuetext", `${degrees} degrees, correlation `
        + fixed(this.correlation()));
    }
    const rho = this.correlation();
    this.number.textContent = `correlation ${fixed(rho)}`;
    this.bar.firstChild.style.width = `${100 * Math.abs(rho)}%`;
    this.bar.lastChild.style.left = `${100 * this.model.get("reached")}%`;
    this.byHand.textContent = this.model.get("reached")
      ? `Best by hand so far: ${fixed(this.model.get("reached"))}.` : "";
    this.showAxes();
    this.draw();
  }

  words() {
    const [eeg, speech] = VIEWS.map((view) => Math.round(this.shown(view)) % 360);
    return `EEG read along ${eeg}°, speech along ${speech}°: correlation `
      + `${fixed(this.correlation())}.`;
  }

  press(view, event) {
    if (event.button !== 0) return;
    const { stage } = this.panels[view];
    stage.focus({ preventScroll: true });
    stage.setPointerCapture(event.pointerId);
    this.held = view;
    const follow = (now) => {
      const box = stage.getBoundingClientRect();
      const [x, y] = [now.clientX - box.left - box.width / 2,
                      box.height / 2 - (now.clientY - box.top)];
      if (Math.hypot(x, y) > 3) this.turn(view, Math.round(10 * degreesOf([x, y])) / 10);
    };
    const release = () => {
      stage.removeEventListener("pointermove", follow);
      stage.removeEventListener("pointerup", release);
      stage.removeEventListener("pointercancel", release);
      this.held = null;
      this.say(this.words());
    };
    stage.addEventListener("pointermove", follow);
    stage.addEventListener("pointerup", release);
    stage.addEventListener("pointercancel", release);
    follow(event);
  }

  key(view, event) {
    const by = { ArrowLeft: 1, ArrowUp: 1, ArrowRight: -1, ArrowDown: -1, PageUp: 10,
                 PageDown: -10 }[event.key];
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    if (by) this.turn(view, Math.round(this.shown(view)) + by);
    else if (event.key === "Home") this.turn(view, 0);
    else if (event.key === "Escape") this.panels[view].stage.blur();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  // Calls with 0 to 1 for a while, at once with 1 for those who want no motion.
  glide(name, step, then) {
    cancelAnimationFrame(this.moving[name]);
    if (this.calm.matches) {
      step(1);
      then();
      return;
    }
    const began = performance.now();
    const next = (now) => {
      const part = clamp((now - began) / TURN_MS, 0, 1);
      step(part * part * (3 - 2 * part));
      if (part < 1) this.moving[name] = requestAnimationFrame(next);
      else then();
    };
    this.moving[name] = requestAnimationFrame(next);
  }

  makeRound() {
    const [from, to] = [this.roundness, Number(this.model.get("is_round"))];
    this.roundTick.querySelector("input").checked = Boolean(to);
    if (from === to) return;
    this.glide("round", (part) => {
      this.roundness = from + part * (to - from);
      this.turned();
    }, () => this.say(`${to ? "Both clouds are round: no direction is louder than another"
      : "The clouds are as they came"}. ${this.words()}`));
  }

  solve() {
    this.set("solved", true);
    this.tellSolved();
  }

  startOver() {
    for (const name of ["eeg_angle", "speech_angle", "reached"]) this.model.set(name, 0);
    this.set("solved", false);
    this.tellSolved();
    this.say(`Back at the start. ${this.words()}`);
  }

  tellSolved() {
    const solved = this.model.get("solved");
    this.solveButton.textContent = solved ? "Start over" : "Solve";
    this.map.parentElement.hidden = this.answer.hidden = !solved;
    this.turned();
    if (!solved || this.solved === solved) {
      this.solved = solved;
      return;
    }
    this.solved = solved;
    const { best } = this.world;
    const from = VIEWS.map((view) => this.model.get(`${view}_angle`));
    const far = VIEWS.map((view, i) => shortest(from[i], best[view]));
    const put = (part) => VIEWS.forEach((view, i) =>
      this.model.set(`${view}_angle`, (from[i] + part * far[i] + 360) % 360));
    this.answer.textContent = this.answerWords();
    this.glide("turn", put, () => {
      this.model.save_changes();
      this.say(`Solved. ${this.words()}`);
    });
  }

  answerWords() {
    const { best, planted, n } = this.world;
    const [first, second] = best.correlations;
    const reached = this.model.get("reached");
    return `The best pair of directions has correlation ${fixed(first)}; what is`
      + ` uncorrelated with it, ${fixed(second)}.`
      + (reached ? ` By hand you reached ${fixed(reached)}.` : "")
      + (planted ? ` Planted were ${fixed(planted[0])} and ${fixed(planted[1])}: ${n} pairs are`
        + " a sample." : ` ${n} pairs are a sample: on new ones expect a little less.`);
  }

  // First and second axes of both clouds, once these stand at right angles.
  showAxes() {
    const rounded = this.roundness === 1;
    this.axesTable.hidden = !rounded;
    this.solution.hidden = !rounded && !this.model.get("solved");
    if (!rounded) return;
    const axes = VIEWS.map((view) => [this.direction(view), this.second(view)]);
    const names = ["first", "second"];
    this.axesTable.replaceChildren(
      h("caption", {}, "Correlations of the first (solid) and second (dashed) directions"),
      h("thead", {}, h("tr", {}, h("td", {}),
        ...names.map((name) => h("th", { scope: "col" }, `speech ${name}`)))),
      h("tbody", {}, ...names.map((name, i) => h("tr", {},
        h("th", { scope: "row" }, `EEG ${name}`),
        ...axes[1].map((speech) => h("td", {}, fixed(this.correlation(axes[0][i], speech))))))));
  }

  // ------------------------------------------------ drawing

  paint() {
    const tones = this.tones();
    for (const view of VIEWS) this.drawCloud(view, tones);
    this.drawAgreement(tones);
    if (this.model.get("solved")) this.drawMap();
  }

  // What is read off a view, in standard deviations.
  read(view) {
    const direction = this.direction(view);
    const spread = this.spread(view, direction);
    return this.world.points[view].map((point) => dot(point, direction) / spread);
  }

  // The colour of each pair: the value read off its EEG.
  tones() {
    const stops = TONES[this.theme];
    return this.read("eeg").map((value) => {
      const at = clamp((value / 2.2 + 1) / 2, 0, 0.999) * (stops.length - 1);
      const [low, part] = [Math.floor(at), at % 1];
      const mixed = stops[low].map((v, i) => Math.round(v + part * (stops[low + 1][i] - v)));
      return `rgb(${mixed.join(" ")})`;
    });
  }

  // Half of what a panel shows, the same for both clouds so that lengths compare.
  reach() {
    this.reaches ??= [0, 1].map((t) => 1.08 * Math.max(...VIEWS.flatMap((view) =>
      this.world.points[view].flatMap((point) =>
        (t ? times(this.world.rounding[view], point) : point).map(Math.abs)))));
    return this.reaches[0] + this.roundness * (this.reaches[1] - this.reaches[0]);
  }

  cross(brush, size) {
    brush.strokeStyle = this.inks.rule;
    brush.lineWidth = 1;
    brush.beginPath();
    brush.moveTo(size / 2, 0);
    brush.lineTo(size / 2, size);
    brush.moveTo(0, size / 2);
    brush.lineTo(size, size / 2);
    brush.stroke();
  }

  dots(brush, spots, tones) {
    spots.forEach(([x, y], i) => {
      brush.fillStyle = tones[i];
      outline(brush, "circle", x, y, 3);
      brush.fill();
    });
  }

  drawCloud(view, tones) {
    const { canvas, stage } = this.panels[view];
    const size = stage.clientWidth;
    if (!size) return;
    const brush = fitted(canvas, size, size);
    const scale = size / 2 / this.reach();
    const morph = this.morph(view);
    this.cross(brush, size);
    this.dots(brush, this.world.points[view].map((point) => {
      const [x, y] = times(morph, point);
      return [size / 2 + scale * x, size / 2 - scale * y];
    }), tones);
    if (this.roundness === 1) this.drawLine(brush, size, this.shown(view) + 90, true);
    this.drawLine(brush, size, this.shown(view), false);
    brush.fillStyle = this.inks.muted;
    brush.font = "11px system-ui, sans-serif";
    brush.textAlign = "right";
    if (this.roundness === 1) return; // its axes are no features any more
    const [across, up] = this.world.names[VIEWS.indexOf(view)];
    brush.fillText(`${across} →`, size - 6, size - 7);
    brush.save();
    brush.translate(13, 6);
    brush.rotate(-Math.PI / 2);
    brush.fillText(`${up} →`, 0, 0);
    brush.restore();
  }

  drawLine(brush, size, degrees, isSecond) {
    const [x, y] = towards(degrees);
    const colour = isSecond ? this.inks.muted : this.inks.palette[1];
    const middle = size / 2;
    Object.assign(brush, { strokeStyle: colour, fillStyle: colour, lineWidth: isSecond ? 1.5 : 2 });
    brush.setLineDash(isSecond ? [5, 4] : []);
    brush.beginPath();
    brush.moveTo(middle - size * x, middle + size * y);
    brush.lineTo(middle + size * x, middle - size * y);
    brush.stroke();
    brush.setLineDash([]);
    if (isSecond) return;
    const [tip, back, wide] = [0.46 * size, 0.46 * size - 16, 7];
    brush.beginPath();
    brush.moveTo(middle + tip * x, middle - tip * y);
    brush.lineTo(middle + back * x - wide * y, middle - back * y - wide * x);
    brush.lineTo(middle + back * x + wide * y, middle - back * y + wide * x);
    brush.closePath();
    brush.fill();
    brush.lineWidth = 5;
    brush.beginPath();
    brush.moveTo(middle, middle);
    brush.lineTo(middle + back * x, middle - back * y);
    brush.stroke();
  }

  drawAgreement(tones) {
    const size = this.agreement.parentElement.clientWidth;
    if (!size) return;
    const brush = fitted(this.agreement, size, size);
    const scale = size / 2 / SPREADS;
    const rho = this.correlation();
    const [eeg, speech] = VIEWS.map((view) => this.read(view));
    this.cross(brush, size);
    brush.strokeStyle = this.inks.muted;
    brush.lineWidth = 1.5;
    brush.beginPath();
    brush.moveTo(0, (size / 2) * (1 + rho));
    brush.lineTo(size, (size / 2) * (1 - rho));
    brush.stroke();
    this.dots(brush, eeg.map((u, i) =>
      [size / 2 + scale * u, size / 2 - scale * speech[i]]), tones);
    brush.fillStyle = this.inks.muted;
    brush.font = "11px system-ui, sans-serif";
    brush.textAlign = "right";
    brush.fillText("read off EEG →", size - 6, size - 7);
    brush.save();
    brush.translate(13, 6);
    brush.rotate(-Math.PI / 2);
    brush.fillText("read off speech →", 0, 0);
    brush.restore();
    this.agreement.setAttribute("aria-label",
      `What is read off speech against what is read off EEG: correlation ${fixed(rho)}.`);
  }

  // Every pair of directions as a pixel, this one and the best ones as marks.
  drawMap() {
    const [size, grid, edge] = [176, 72, 22];
    const inner = size - edge;
    const brush = fitted(this.map, size, size);
    const picture = new ImageData(grid, grid);
    const ways = Object.fromEntries(VIEWS.map((view) => {
      const morph = this.morph(view);
      return [view, Array.from({ length: grid }, (_, i) =>
        times(morph, towards(((i + 0.5) * 360) / grid)))];
    }));
    const [cold, mid, warm] = this.inks.map;
    for (let row = 0; row < grid; row++) {
      for (let column = 0; column < grid; column++) {
        const rho = this.correlation(ways.eeg[column], ways.speech[grid - 1 - row]);
        const end = rho < 0 ? cold : warm;
        picture.data.set([...mid.map((m, i) => m + Math.abs(rho) * (end[i] - m)), 255],
          4 * (row * grid + column));
      }
    }
    const small = Object.assign(document.createElement("canvas"), { width: grid, height: grid });
    small.getContext("2d").putImageData(picture, 0, 0);
    brush.drawImage(small, edge, 0, inner, inner);
    const spot = (eeg, speech) => [edge + (eeg / 360) * inner, inner - (speech / 360) * inner];
    const [eeg, speech] = VIEWS.map((view) => this.shown(view));
    brush.strokeStyle = this.inks.ink;
    brush.lineWidth = 2.5;
    outline(brush, "circle", ...spot(eeg, speech), 6);
    brush.stroke();
    brush.fillStyle = this.inks.muted;
    brush.font = "10px system-ui, sans-serif";
    brush.textAlign = "center";
    for (const degrees of [0, 180, 360]) {
      brush.textAlign = { 0: "left", 180: "center", 360: "right" }[degrees];
      brush.fillText(`${degrees}°`, spot(degrees, 0)[0], size - 9);
    }
    brush.textAlign = "center";
    brush.fillText("EEG", edge + inner / 4, size - 9);
    brush.save();
    brush.translate(12, inner / 2);
    brush.rotate(-Math.PI / 2);
    brush.fillText("speech", 0, 0);
    brush.restore();
    this.map.setAttribute("aria-label", "Map of the correlation of every EEG direction with every"
      + " speech direction: two hills, where both arrows point the same way or both the other,"
      + ` and two valleys. The ring stands at ${fixed(this.correlation())}.`);
  }
}

export default shownBy(Playground, "playground");
