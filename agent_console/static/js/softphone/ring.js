// @ts-check

/** A soft two-note ring, made here. @param {AudioContext} context @param {number} volume */
export function ringTone(context, volume) {
  const gain = context.createGain();
  gain.gain.value = 0;
  gain.connect(context.destination);
  const notes = [523.25, 659.25].map((frequency) => {
    const note = context.createOscillator();
    note.frequency.value = frequency;
    note.connect(gain);
    note.start();
    return note;
  });
  for (let turn = 0; turn < 60; turn += 1) {
    const at = context.currentTime + turn * 3;
    gain.gain.setTargetAtTime(volume, at, 0.03);
    gain.gain.setTargetAtTime(0, at + 0.9, 0.1);
  }
  return { stop: () => { notes.forEach((note) => note.stop()); gain.disconnect(); } };
}
