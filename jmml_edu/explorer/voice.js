// Valence and arousal: hear a simulated voice, see the simulated scalp. A grid of feelings has come
// with the widget; the kernel makes those in between (voice.py).

const FELT_PATIENCE_MS = 15000;
const EXTREME = 2;
const CORNERS = [["negative, aroused", "left", -1, 1], ["positive, aroused", "right", 1, 1],
                 ["negative, calm", "left", -1, -1], ["positive, calm", "right", 1, -1]];

class VoiceAndBrain extends Widget {
  constructor(model, el) {
    super(model);
    this.world = model.get("_told");
    const read = (name) => arrayOf(this.world, model.get("_numbers"), name);
    this.scalp = { ...this.world.scalp, filling: read("scalp_filling"),
      pixels: read("scalp_pixels") };
    this.elsewhere = read("elsewhere");
    this.made = new Map();
    this.keepGrid(read("power"));
    this.fine = !model.standsAlone; // without a kernel there is the grid and nothing else
    this.build(el);
    this.listen({
      "change:valence": () => this.move(), "change:arousal": () => this.move(),
      "change:compared": () => this.move(),
      "msg:custom": (message, buffers) => this.receive(message, buffers),
    });
    this.move();
  }

  // ------------------------------------------------ feelings that are there

  keyOf(valence, arousal) {
    return `${valence.toFixed(1)} ${arousal.toFixed(1)}`.replaceAll("-0.0", "0.0");
  }

  keepGrid(power) {
    const { grid, clips, measures, scalp } = this.world;
    const size = scalp.bands.length * scalp.electrodes.length;
    const block = this.model.get("_clips");
    grid.forEach((valence, i) => grid.forEach((arousal, j) => {
      const place = i * grid.length + j;
      const [from, to] = clips[place].map((at) => at + block.byteOffset);
      this.made.set(this.keyOf(valence, arousal), { measures: measures[place],
        power: power.subarray(place * size, (place + 1) * size),
        bytes: block.buffer.slice(from, to) });
    }));
    this.neutral = this.made.get(this.keyOf(0, 0));
  }

  get feeling() {
    return ["valence", "arousal"].map((name) => Math.round(10 * this.model.get(name)) / 10);
  }

  ask() {
    if (this.waiting) return;
    const [valence, arousal] = this.feeling;
    this.waiting = setTimeout(() => {
      this.waiting = null;
      this.fine = false;
      this.note.textContent = "The kernel did not answer: there are the feelings of the grid only."
        + " Restart it and run the cell again for those in between.";
      this.feel(...this.feeling);
    }, FELT_PATIENCE_MS);
    this.model.send({ kind: "felt", valence, arousal });
  }

  receive(message, buffers) {
    if (message.kind !== "felt") return;
    clearTimeout(this.waiting);
    this.waiting = null;
    if (message.problem) {
      this.say(message.problem);
      return;
    }
    const [view] = buffers;
    const start = view.byteOffset ?? 0;
    this.made.set(this.keyOf(message.valence, message.arousal), { measures: message.measures,
      power: Float32Array.from(message.power),
      bytes: (view.buffer ?? view).slice(start, start + view.byteLength) });
    this.move();
  }

  // ------------------------------------------------ what stands on the page

  build(el) {
    const { world } = this;
    this.pad = h("canvas", { "aria-hidden": "true" });
    this.stage = h("div", { class: "jx-stage", tabindex: "0", role: "application",
      "aria-label": "Plane of valence and arousal. Arrow keys move the feeling." }, this.pad);
    this.sliders = Object.fromEntries(["valence", "arousal"].map((name) => {
      const input = h("input", { type: "range", min: -EXTREME, max: EXTREME,
        oninput: () => this.feel(...["valence", "arousal"].map((one) =>
          Number(this.sliders[one].input.value))) });
      const output = h("output", { class: "jx-degrees" });
      return [name, { input, output, node: h("label", { class: "jx-slide" },
        h("span", { class: "jx-axis" }, name), input, output) }];
    }));
    this.hearButton = h("button", { type: "button", class: "jx-hear",
      onclick: () => (this.source ? this.hush() : this.play()) }, "▶ Hear");
    this.atOnce = tick("hear every change", false, () => {});
    this.sound = h("div", { class: "jx-sound" },
      h("canvas", { class: "jx-wave", role: "img", "aria-label": "Waveform" }),
      h("canvas", { class: "jx-spectrum", role: "img",
                    "aria-label": "Spectrogram, 0 to 5 kilohertz" }));
    this.measures = h("p", { class: "jx-measures" });
    this.heads = this.scalp.bands.map((band) => h("canvas", { class: "jx-scalp", role: "img" }));
    this.compared = radios("Compared with", [["same", "the same trial, neutral"],
      ["other", "another trial, neutral"]], (value) => {
      this.set("compared", value);
      this.move();
    });
    this.scalpNote = h("p", { class: "jx-note" });
    this.note = h("p", { class: "jx-note" }, this.fine
      ? "The kernel makes each feeling; a grid of 25 came along and is there at once."
      : "There is no kernel here: the sliders go through the 25 feelings that came along.");
    this.status = h("p", { class: "jx-status", role: "status", "aria-live": "polite" });
    const effects = h("table", {},
      h("thead", {}, h("tr", {}, ...["Effect", "Put in", "How well it is known"].map((text) =>
        h("th", { scope: "col" }, text)))),
      h("tbody", {}, ...world.effects.map((line) => h("tr", {}, ...line.map((text) =>
        h("td", {}, text))))));
    this.root = h("section", { class: "jx", "aria-label": "Voice and brain" },
      h("header", { class: "jx-head" },
        world.simulated ? h("strong", { class: "jx-badge" }, world.simulated) : null,
        h("span", {}, world.who), h("span", { class: "jx-word" },
          "You hear and see what was put in: into the voice what is plausible, into the brain more"
          + " than studies of single trials support.")),
      h("div", { class: "jx-felt" },
        h("div", { class: "jx-where" }, this.stage, this.sliders.valence.node,
          this.sliders.arousal.node),
        h("div", { class: "jx-what" },
          h("div", { class: "jx-bar" }, this.hearButton, this.atOnce, this.measures), this.sound,
          h("div", { class: "jx-bar" }, this.compared.node),
          h("div", { class: "jx-scalps" }, ...this.heads.map((canvas, b) =>
            h("figure", {}, canvas, h("figcaption", {}, this.scalp.bands[b]))), this.scalpNote))),
      this.status, this.note,
      h("details", { class: "jx-more" }, h("summary", {}, "What was put into the brain"),
        h("div", { class: "jx-table", tabindex: "0", role: "region",
                   "aria-label": "Effects of the simulated brain" }, effects)));
    el.append(h("div", { class: "jx-frame" }, this.root));
    this.stage.addEventListener("pointerdown", (event) => this.press(event));
    this.stage.addEventListener("keydown", (event) => this.key(event));
  }

  close() {
    super.close();
    clearTimeout(this.waiting);
    this.hush();
    this.context?.close();
  }

  recolour() {
    this.heard = null; // the sound is drawn again in the new ink
  }

  // ------------------------------------------------ moving

  feel(valence, arousal) {
    const step = this.fine ? 0.1 : 1;
    const near = (value) => clamp(Math.round(value / step) * step, -EXTREME, EXTREME);
    this.setting = true; // one move for both
    this.model.set("valence", near(valence));
    this.model.set("arousal", near(arousal));
    this.setting = false;
    this.model.save_changes();
    this.move();
  }

  // Shows the feeling of the model: at once if it is there, otherwise when the kernel has made it.
  move() {
    if (this.setting) return;
    const [valence, arousal] = this.feeling;
    const names = { valence, arousal };
    for (const [name, { input, output }] of Object.entries(this.sliders)) {
      input.step = this.fine ? 0.1 : 1;
      input.value = names[name];
      output.textContent = this.signed(names[name]);
    }
    this.compared.set(this.model.get("compared"));
    const made = this.made.get(this.keyOf(valence, arousal));
    this.root.dataset.waits = !made;
    if (!made) {
      if (this.fine) this.ask();
      else this.feel(valence, arousal);
      this.draw();
      return;
    }
    const isNew = this.shown !== made;
    this.shown = made;
    this.measures.textContent = this.measureWords(made);
    this.say(this.words());
    this.draw();
    if (isNew && this.atOnce.querySelector("input").checked) this.play();
  }

  signed(value, digits = 1) {
    return (value > 0 ? "+" : "") + fixed(value, digits);
  }

  measureWords({ measures }) {
    const [pitch, level, rate] = measures;
    const [pitch0, level0, rate0] = this.neutral.measures;
    return `Pitch ${fixed(pitch, 0)} Hz (neutral ${fixed(pitch0, 0)}), level ${fixed(level, 0)} dB`
      + ` (${fixed(level0, 0)}), ${fixed(rate, 1)} syllables per second (${fixed(rate0, 1)}).`;
  }

  words() {
    const [valence, arousal] = this.feeling;
    const { bands, electrodes } = this.scalp;
    const change = Array.from(this.shown.power, (v, i) => v - this.neutral.power[i]);
    const most = change.reduce((best, v, i) => (Math.abs(v) > Math.abs(change[best]) ? i : best), 0);
    const where = `${bands[Math.floor(most / electrodes.length)]} at`
      + ` ${electrodes[most % electrodes.length]}`;
    return `Valence ${this.signed(valence)}, arousal ${this.signed(arousal)}. `
      + (this.shown === this.neutral ? "Neutral: everything is compared with this."
        : `What this feeling changes most on the scalp is ${where}, by`
          + ` ${this.signed(change[most])} dB.`);
  }

  press(event) {
    if (event.button !== 0) return;
    const { stage } = this;
    stage.focus({ preventScroll: true });
    stage.setPointerCapture(event.pointerId);
    const follow = (now) => {
      const box = stage.getBoundingClientRect();
      const far = (part) => 2 * this.reach * part - this.reach;
      this.feel(far((now.clientX - box.left) / box.width),
        -far((now.clientY - box.top) / box.height));
    };
    const release = () => {
      for (const [name, then] of [["pointermove", follow], ["pointerup", release],
        ["pointercancel", release]]) stage.removeEventListener(name, then);
    };
    stage.addEventListener("pointermove", follow);
    stage.addEventListener("pointerup", release);
    stage.addEventListener("pointercancel", release);
    follow(event);
  }

  key(event) {
    const by = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const [valence, arousal] = this.feeling;
    const step = this.fine && !event.shiftKey ? 0.1 : 1;
    if (by[event.key]) {
      this.feel(valence + step * by[event.key][0], arousal + step * by[event.key][1]);
    } else if (event.key === "Enter" || event.key === " ") this.play();
    else if (event.key === "0") this.feel(0, 0);
    else if (event.key === "Escape") this.stage.blur();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  // ------------------------------------------------ sound

  bufferOf(made) {
    made.buffer ??= new OfflineAudioContext(1, 1, 16000).decodeAudioData(made.bytes.slice(0));
    return made.buffer;
  }

  async play() {
    this.context ??= new AudioContext();
    const begun = (this.begun = {}); // a later wish wins
    try {
      const buffer = await this.bufferOf(this.shown);
      if (this.begun !== begun) return;
      this.hush();
      await this.context.resume();
      const source = (this.source = this.context.createBufferSource());
      source.buffer = buffer;
      source.connect(this.context.destination);
      source.onended = () => this.source === source && this.hush();
      source.start();
      this.hearButton.textContent = "■ Stop";
    } catch {
      this.say("This browser cannot play the sound.");
    }
  }

  hush() {
    this.source?.stop();
    this.source = null;
    this.hearButton.textContent = "▶ Hear";
  }

  // ------------------------------------------------ drawing

  draw() {
    if (this.shown) super.draw();
  }

  paint() {
    this.drawPad();
    this.drawHeads();
    this.drawVoice();
  }

  get reach() {
    return 1.15 * EXTREME;
  }

  drawPad() {
    const size = this.stage.clientWidth;
    const brush = fitted(this.pad, size, size);
    const { ink, muted, rule, accent } = this.inks;
    const at = (valence, arousal) => [(size / 2) * (1 + valence / this.reach),
                                      (size / 2) * (1 - arousal / this.reach)];
    brush.strokeStyle = rule;
    brush.beginPath();
    brush.moveTo(size / 2, 0);
    brush.lineTo(size / 2, size);
    brush.moveTo(0, size / 2);
    brush.lineTo(size, size / 2);
    brush.stroke();
    brush.fillStyle = muted;
    const { grid } = this.world;
    for (const valence of grid) {
      for (const arousal of grid) {
        outline(brush, "circle", ...at(valence, arousal), 1.8);
        brush.fill();
      }
    }
    brush.font = "11px system-ui, sans-serif";
    for (const [text, align, side, up] of CORNERS) {
      brush.textAlign = align;
      brush.fillText(text, side < 0 ? 7 : size - 7, up > 0 ? 15 : size - 8);
    }
    Object.assign(brush, { fillStyle: accent, strokeStyle: ink, lineWidth: 2 });
    outline(brush, "circle", ...at(...this.feeling), 8);
    brush.fill();
    brush.stroke();
  }

  drawHeads() {
    const { bands, electrodes, range } = this.scalp;
    const e = electrodes.length;
    const isSame = this.model.get("compared") === "same";
    const reference = isSame ? this.neutral.power : this.elsewhere;
    this.heads.forEach((canvas, b) => {
      const change = Array.from({ length: e }, (_, k) =>
        this.shown.power[b * e + k] - reference[b * e + k]);
      drawScalp(canvas, this.scalp, change, this.inks, 96);
      const [top, low] = [Math.max(...change), Math.min(...change)];
      canvas.setAttribute("aria-label", `${bands[b]}: most at ${electrodes[change.indexOf(top)]},`
        + ` ${this.signed(top)} dB, least at ${electrodes[change.indexOf(low)]},`
        + ` ${this.signed(low)} dB`);
    });
    this.scalpNote.textContent = `Power in dB, from −${range} (blue) to +${range} (orange). `
      + (isSame ? "The same trial, felt neutrally, has the same noise and the same blinks: only the"
        + " feeling is left. No recording can give you that."
        : "Another trial has its own noise and its own blinks, as in every recording: most of what"
        + " you see is not the feeling.");
  }

  drawVoice() {
    const wide = this.sound.clientWidth;
    if (this.heard === this.shown && this.wide === wide) return;
    const { shown } = this;
    [this.heard, this.wide] = [shown, wide];
    this.bufferOf(shown).then((buffer) => {
      if (this.shown !== shown) return;
      drawSound(this.sound, buffer, this.inks, 1);
      this.root.dataset.sound = buffer.duration.toFixed(2);
    }, () => this.say("This browser cannot decode the sound."));
  }
}

export default shownBy(VoiceAndBrain, "widget");
