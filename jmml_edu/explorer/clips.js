// The sound of a pair: from the clips that travel with the widget, or brought by the kernel.

const PATIENCE_MS = 8000;

class Sound {
  constructor(model, world, tell) {
    Object.assign(this, { model, world, tell, heard: new Map(), waiting: new Map() });
    this.onMessage = (message, buffers) => this.receive(message, buffers);
    model.on("msg:custom", this.onMessage);
  }

  close() {
    this.stop();
    this.model.off("msg:custom", this.onMessage);
    for (const { timer } of this.waiting.values()) clearTimeout(timer);
    this.context?.close();
  }

  // Resolves to an AudioBuffer, or rejects with a sentence.
  bufferOf(place) {
    if (!this.heard.has(place)) {
      const wanted = this.bytesOf(place).then((bytes) =>
        new OfflineAudioContext(1, 1, 16000).decodeAudioData(bytes).catch(() => {
          throw new Error("This browser cannot decode the clip.");
        }));
      wanted.catch(() => this.heard.delete(place));
      this.heard.set(place, wanted);
    }
    return this.heard.get(place);
  }

  bytesOf(place) {
    const span = this.model.get("_clip_index")[place];
    if (span) {
      const block = this.model.get("_clips");
      const at = block.byteOffset;
      return Promise.resolve(block.buffer.slice(at + span[0], at + span[1]));
    }
    if (!this.world.speaks) {
      return Promise.reject(new Error("These pairs are features only: there is no sound of them."));
    }
    if (this.model.standsAlone) {
      const n = Object.keys(this.model.get("_clip_index")).length;
      return Promise.reject(new Error(
        `This page holds ${n} of ${this.world.n} utterances, and this is none of them; they are`
        + " marked by a ring."));
    }
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.answer(place, new Error(
        "The kernel did not answer. Restart it and run the cell again to hear this one.")),
        PATIENCE_MS);
      this.waiting.set(place, { resolve, reject, timer });
      this.model.send({ kind: "clip", place });
    });
  }

  receive(message, buffers) {
    if (message.kind !== "clip") return;
    const view = buffers?.[0];
    this.answer(message.place, message.problem ? new Error(message.problem)
      : (view.buffer ?? view).slice(view.byteOffset ?? 0,
        (view.byteOffset ?? 0) + view.byteLength));
  }

  answer(place, answer) {
    const waiting = this.waiting.get(place);
    if (!waiting) return;
    clearTimeout(waiting.timer);
    this.waiting.delete(place);
    if (answer instanceof Error) waiting.reject(answer);
    else waiting.resolve(answer);
  }

  async play(place) {
    this.context ??= new AudioContext();
    const begun = (this.begun = {}); // a later wish wins
    const buffer = await this.bufferOf(place);
    if (this.begun !== begun) return;
    this.stop();
    await this.context.resume();
    const source = this.context.createBufferSource();
    source.buffer = buffer;
    source.connect(this.context.destination);
    source.onended = () => this.source === source && this.stop();
    source.start();
    Object.assign(this, { source, playing: place, began: this.context.currentTime });
    this.tell();
  }

  stop() {
    const { source } = this;
    Object.assign(this, { source: null, playing: null });
    source?.stop();
    if (source) this.tell();
  }

  get seconds() {
    return this.source ? this.context.currentTime - this.began : NaN;
  }
}

