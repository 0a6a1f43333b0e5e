// One's own voice: a sound from a file or the microphone goes to the kernel, which says where it
// falls (placing.py). What is heard and drawn stays in the browser.

const LONGEST_RECORDING_MS = 15000;
const MOST_MEGABYTES = 8;
const OWN_PATIENCE_MS = 90000; // the first sound compiles what reads it

// A sound as the bytes of a WAV file: one channel, 16 bits.
function wavOf(buffer) {
  const { sampleRate, length, numberOfChannels } = buffer;
  const view = new DataView(new ArrayBuffer(44 + 2 * length));
  const text = (at, letters) => [...letters].forEach((letter, i) =>
    view.setUint8(at + i, letter.charCodeAt(0)));
  text(0, "RIFF");
  view.setUint32(4, 36 + 2 * length, true);
  text(8, "WAVEfmt ");
  [[16, 4, 16], [20, 2, 1], [22, 2, 1], [24, 4, sampleRate], [28, 4, 2 * sampleRate], [32, 2, 2],
    [34, 2, 16]].forEach(([at, bytes, value]) =>
    (bytes === 4 ? view.setUint32(at, value, true) : view.setUint16(at, value, true)));
  text(36, "data");
  view.setUint32(40, 2 * length, true);
  const channels = Array.from({ length: numberOfChannels }, (_, c) => buffer.getChannelData(c));
  for (let i = 0; i < length; i++) {
    const value = channels.reduce((sum, channel) => sum + channel[i], 0) / channels.length;
    view.setInt16(44 + 2 * i, Math.round(32767 * clamp(value, -1, 1)), true);
  }
  return view.buffer;
}

const soundOf = (bytes) =>
  new OfflineAudioContext(1, 1, 16000).decodeAudioData(bytes.slice(0));

class OwnVoice {
  // `explorer` draws the points and has the status line.
  constructor(explorer) {
    this.explorer = explorer;
    this.points = [];
    this.onMessage = (message) => message.kind === "own" && this.receive(message);
    explorer.model.on("msg:custom", this.onMessage);
    this.build();
  }

  build() {
    const page = this.explorer.model.standsAlone;
    const alone = page || this.explorer.model.get("_told").road === false;
    const file = h("input", { type: "file", accept: "audio/*,.wav,.flac,.ogg,.mp3",
      "aria-label": "A sound file of your voice", onchange: (event) => this.choose(event.target) });
    this.record = h("button", { type: "button", onclick: () => this.toggle() }, "● Record");
    this.forget = h("button", { type: "button", hidden: true, onclick: () => this.clear() },
      "Forget mine");
    const missing = page ? "the kernel of a notebook; this page has none."
      : "a road in the kernel; this one was opened from a file.";
    this.words = h("p", {}, alone
      ? `Placing your own voice needs ${missing}`
      : "A sentence or two, from a file or the microphone. The sound goes to the kernel of this"
        + " notebook, through the road of speech alone, and is kept nowhere.");
    this.card = h("article", { class: "jx-mine", hidden: true });
    this.node = h("details", { class: "jx-more jx-own" }, h("summary", {}, "Place my own voice"),
      alone ? null : h("div", { class: "jx-bar" },
        h("label", { class: "jx-file" }, "Choose a file", file), this.record, this.forget),
      this.words, this.card);
  }

  close() {
    this.closed = true;
    this.explorer.model.off("msg:custom", this.onMessage);
    clearTimeout(this.timer);
    clearTimeout(this.ending);
    this.recorder?.stop();
    this.context?.close();
  }

  tell(words) {
    this.words.textContent = words;
    this.explorer.say(words);
  }

  async choose(input) {
    const [file] = input.files;
    input.value = "";
    if (!file) return;
    if (file.size > MOST_MEGABYTES * 1e6) {
      this.tell(`Choose a file of at most ${MOST_MEGABYTES} MB: a sentence or two.`);
      return;
    }
    this.send(file.name, await file.arrayBuffer());
  }

  async toggle() {
    if (this.recorder) {
      this.recorder.stop();
      return;
    }
    if (!navigator.mediaDevices?.getUserMedia) {
      this.tell("This page may not use the microphone: browsers allow it on https and on this"
        + " computer’s own pages only. A file works everywhere.");
      return;
    }
    try {
      this.listen(await navigator.mediaDevices.getUserMedia({ audio: true }));
    } catch (problem) {
      this.tell(`The microphone cannot be used (${problem.message}). Allow it in the browser, or`
        + " take a file.");
    }
  }

  listen(stream) {
    const parts = [];
    const recorder = (this.recorder = new MediaRecorder(stream));
    recorder.ondataavailable = (event) => parts.push(event.data);
    recorder.onstop = async () => {
      clearTimeout(this.ending);
      this.recorder = null;
      this.record.textContent = "● Record";
      stream.getTracks().forEach((track) => track.stop());
      if (this.closed) return;
      try {
        const sound = await soundOf(await new Blob(parts).arrayBuffer());
        this.send("recording.wav", wavOf(sound));
      } catch {
        this.tell("Nothing was recorded. Record a little longer, or take a file.");
      }
    };
    recorder.start();
    this.record.textContent = "■ Stop";
    this.ending = setTimeout(() => recorder.stop(), LONGEST_RECORDING_MS);
    this.tell("Recording. Say a sentence, then press Stop.");
  }

  send(name, bytes) {
    this.bytes = bytes;
    this.tell(`${name} is on its way along the road.`);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.tell("The kernel did not answer. Restart it, run the cell"
      + " again, and place your voice once more."), OWN_PATIENCE_MS);
    this.explorer.model.send({ kind: "own", name }, undefined, [bytes]);
  }

  receive({ own, words, problem }) {
    clearTimeout(this.timer);
    if (problem) {
      this.tell(problem);
      return;
    }
    this.points = own;
    this.forget.hidden = false;
    this.words.textContent = words;
    this.explorer.say(`${words.slice(0, words.indexOf("%") + 1)}. How little that proves stands`
      + " below.");
    this.showCard();
    this.explorer.showOwn();
  }

  clear() {
    this.explorer.model.send({ kind: "forget" });
    this.points = [];
    this.card.hidden = this.forget.hidden = true;
    this.tell("Your utterances are forgotten, here and in the kernel.");
    this.explorer.draw();
  }

  // What is heard of the utterance placed last, and what the road says of it.
  async showCard() {
    const { classes } = this.explorer.world;
    const { says } = this.points.at(-1);
    const best = says.indexOf(Math.max(...says));
    const hear = h("button", { type: "button", class: "jx-hear", onclick: () => this.play() },
      "▶ Hear");
    const sound = h("div", { class: "jx-sound" },
      h("canvas", { class: "jx-wave", role: "img", "aria-label": "Waveform" }),
      h("canvas", { class: "jx-spectrum", role: "img",
                    "aria-label": "Spectrogram, 0 to 5 kilohertz" }));
    const rows = classes.map((name, c) => {
      const [colour, shape] = this.explorer.numbered(c);
      return h("tr", { class: c === best ? "jx-best" : null },
        h("th", { scope: "row" }, this.explorer.swatch(shape, colour), name),
        h("td", { class: "jx-bar-cell" }, h("span", { class: "jx-fill",
          style: `width:${(100 * says[c]).toFixed(1)}%;background:${colour}` })),
        h("td", {}, percent(says[c])));
    });
    this.card.hidden = false;
    this.card.replaceChildren(
      h("header", {}, h("h3", {}, `You, utterance ${this.points.length}`), hear), sound,
      h("table", { class: "jx-bars" },
        h("colgroup", {}, h("col", { class: "jx-name" }), h("col"), h("col", { class: "jx-share" })),
        h("caption", {}, "From speech alone"), h("tbody", {}, ...rows)));
    try {
      this.sound = await soundOf(this.bytes);
      drawSound(sound, this.sound, this.explorer.inks);
    } catch {
      hear.disabled = true;
      sound.replaceChildren(h("p", { class: "jx-note" }, "This browser cannot play the file."));
    }
  }

  play() {
    this.context ??= new AudioContext();
    this.source?.stop();
    this.source = this.context.createBufferSource();
    this.source.buffer = this.sound;
    this.source.connect(this.context.destination);
    this.source.start();
  }
}
