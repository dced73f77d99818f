// Random bytes nobody can guess, out of 32 that the system gave: ChaCha20's key stream (RFC 8439).
(function (module) {
  "use strict";
  const rotated = (word, by) => (word << by) | (word >>> (32 - by));
  const ROUNDS = [
    [0, 4, 8, 12], [1, 5, 9, 13], [2, 6, 10, 14], [3, 7, 11, 15],
    [0, 5, 10, 15], [1, 6, 11, 12], [2, 7, 8, 13], [3, 4, 9, 14],
  ];
  const state = new Uint32Array(16);
  let block = new Uint8Array(0);

  function quarter(x, a, b, c, d) {
    for (const [isFirst, by] of [[true, 16], [false, 12], [true, 8], [false, 7]]) {
      if (isFirst) {
        x[a] += x[b];
        x[d] = rotated(x[d] ^ x[a], by);
      } else {
        x[c] += x[d];
        x[b] = rotated(x[b] ^ x[c], by);
      }
    }
  }

  function next() {
    const x = Uint32Array.from(state);
    for (let pair = 0; pair < 10; pair++) for (const places of ROUNDS) quarter(x, ...places);
    for (let i = 0; i < 16; i++) x[i] += state[i];
    state[12] += 1;
    return new Uint8Array(x.buffer);
  }

  module.exports = function random(seed, count) {
    if (state[0] === 0) {
      state.set([0x61707865, 0x3320646e, 0x79622d32, 0x6b206574]);
      for (let i = 0; i < 8; i++) state[4 + i] = parseInt(seed.slice(i * 8, i * 8 + 8), 16);
    }
    const bytes = new Uint8Array(count);
    for (let at = 0; at < count; ) {
      if (block.length === 0) block = next();
      const part = block.subarray(0, count - at);
      bytes.set(part, at);
      block = block.subarray(part.length);
      at += part.length;
    }
    return bytes;
  };
});
