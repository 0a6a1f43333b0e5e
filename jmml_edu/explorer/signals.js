// A sound and a scalp, drawn: waveform, spectrogram, and a map of the head.

function powerSpectra(signal, rate, columns) {
  const [window_, size] = [Math.round(0.016 * rate), 512];
  const hann = Float32Array.from({ length: window_ }, (_, i) =>
    0.5 - 0.5 * Math.cos((2 * Math.PI * i) / (window_ - 1)));
  const [re, im] = [new Float32Array(size), new Float32Array(size)];
  return Array.from({ length: columns }, (_, column) => {
    const start = Math.round((column / columns) * Math.max(signal.length - window_, 0));
    re.fill(0);
    im.fill(0);
    for (let i = 0; i < window_; i++) re[i] = (signal[start + i] ?? 0) * hann[i];
    fft(re, im);
    return Float32Array.from({ length: size / 2 }, (_, k) => re[k] ** 2 + im[k] ** 2);
  });
}

function fft(re, im) {
  const n = re.length;
  for (let i = 1, j = 0; i < n; i++) {
    let bit = n >> 1;
    for (; j & bit; bit >>= 1) j ^= bit;
    j ^= bit;
    if (i < j) {
      [re[i], re[j]] = [re[j], re[i]];
      [im[i], im[j]] = [im[j], im[i]];
    }
  }
  for (let length = 2; length <= n; length <<= 1) {
    const half = length >> 1;
    for (let k = 0; k < half; k++) {
      const angle = (-2 * Math.PI * k) / length;
      const [c, s] = [Math.cos(angle), Math.sin(angle)];
      for (let i = k; i < n; i += length) {
        const j = i + half;
        const [a, b] = [re[j] * c - im[j] * s, re[j] * s + im[j] * c];
        re[j] = re[i] - a;
        im[j] = im[i] - b;
        re[i] += a;
        im[i] += b;
      }
    }
  }
}

// Draws a sound into the two canvases of an element; `full` is the height of the waveform, that of
// its own peak if it is not given.
function drawSound(element, buffer, inks, full = 0) {
  const signal = buffer.getChannelData(0);
  const [wave, spectrum] = element.querySelectorAll("canvas");
  const wide = wave.clientWidth || 240;
  const brush = fitted(wave, wide, 40);
  brush.fillStyle = inks.accent;
  const peak = full || signal.reduce((most, v) => Math.max(most, Math.abs(v)), 1e-6);
  for (let x = 0; x < wide; x++) {
    let [low, high] = [0, 0];
    const [from, to] = [x, x + 1].map((v) => Math.floor((v / wide) * signal.length));
    for (let i = from; i < to; i++) {
      low = Math.min(low, signal[i]);
      high = Math.max(high, signal[i]);
    }
    brush.fillRect(x, 20 - (19 * high) / peak, 1, Math.max((19 * (high - low)) / peak, 0.6));
  }
  drawSpectrum(spectrum, signal, buffer, inks);
}

function drawSpectrum(canvas, signal, { sampleRate, duration }, inks) {
  const wide = canvas.clientWidth || 240;
  const [tall, columns] = [96, Math.min(wide, 400)];
  const spectra = powerSpectra(signal, sampleRate, columns);
  const rows = Math.floor((5000 / sampleRate) * 512);
  const peak = spectra.reduce((most, one) => Math.max(most, ...one.subarray(1, rows)), 1e-12);
  const picture = new ImageData(columns, rows);
  const [paper, ink] = [inks.paper, inks.ink].map((colour) =>
    [1, 3, 5].map((i) => parseInt(colour.slice(i, i + 2), 16)));
  spectra.forEach((power, column) => {
    for (let k = 0; k < rows; k++) {
      const level = clamp(1 + (10 * Math.log10(power[k] / peak + 1e-12)) / 60, 0, 1);
      picture.data.set([...paper.map((p, i) => p + level * (ink[i] - p)), 255],
        4 * ((rows - 1 - k) * columns + column));
    }
  });
  const small = Object.assign(document.createElement("canvas"), { width: columns, height: rows });
  small.getContext("2d").putImageData(picture, 0, 0);
  const brush = fitted(canvas, wide, tall + 14);
  brush.drawImage(small, 0, 0, wide, tall);
  brush.fillStyle = inks.muted;
  brush.font = "10px system-ui, sans-serif";
  brush.textAlign = "left";
  brush.fillText("5 kHz", 3, 11);
  brush.fillText("0 s", 0, tall + 11);
  brush.textAlign = "right";
  brush.fillText(`${duration.toFixed(1)} s`, wide, tall + 11);
}

// Draws the values of the electrodes as a map: one matrix fills what lies between them.
function drawScalp(canvas, scalp, power, inks, size = 64) {
  const e = scalp.electrodes.length;
  const grid = 28;
  const picture = new ImageData(grid, grid);
  const [cold, mid, warm] = inks.map;
  for (let p = 0; p < scalp.pixels.length / 2; p++) {
    let value = 0;
    for (let k = 0; k < e; k++) value += scalp.filling[p * e + k] * power[k];
    const part = clamp(value / scalp.range, -1, 1);
    const end = part < 0 ? cold : warm;
    picture.data.set([...mid.map((m, i) => m + Math.abs(part) * (end[i] - m)), 255],
      4 * (scalp.pixels[2 * p] * grid + scalp.pixels[2 * p + 1]));
  }
  const small = Object.assign(document.createElement("canvas"), { width: grid, height: grid });
  small.getContext("2d").putImageData(picture, 0, 0);
  const r = 27;
  const brush = fitted(canvas, size, size);
  brush.scale(size / 64, size / 64);
  brush.save();
  brush.beginPath();
  brush.arc(32, 35, r, 0, 2 * Math.PI);
  brush.clip();
  brush.drawImage(small, 32 - r, 35 - r, 2 * r, 2 * r);
  brush.restore();
  brush.strokeStyle = inks.muted;
  brush.lineWidth = 1.4;
  brush.beginPath();
  brush.arc(32, 35, r, 0, 2 * Math.PI);
  brush.moveTo(27, 9);
  brush.lineTo(32, 2);
  brush.lineTo(37, 9);
  brush.stroke();
  brush.fillStyle = inks.ink;
  for (const [right, front] of scalp.places) {
    brush.fillRect(32 + r * right - 0.6, 35 - r * front - 0.6, 1.2, 1.2);
  }
}
