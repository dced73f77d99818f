// What goes on beside a script: timers, modules, what the host is asked, and what stays in `global`.
(function (prelude) {
  "use strict";
  const { global, fail, shipped, run } = prelude;
  const { stringify } = JSON;
  const LONGEST_TIMER_MS = 20000, MOST_TIMERS = 1000, MOST_ASKED = 32;
  const MOST_KEPT_CHARS = 65536, DEEPEST_KEPT = 32;

  // Timers: the host sleeps until the first one is due.
  const timers = new Map();
  let lastTimer = 0;
  function timer(callback, ms, values, again, isNow = false) {
    if (typeof callback !== "function") throw new TypeError("The callback must be a function");
    if (timers.size >= MOST_TIMERS) throw new RangeError("Too many timers");
    const wait = Math.min(Math.max(Number(ms) || 0, isNow ? 0 : 1), LONGEST_TIMER_MS);
    timers.set(++lastTimer, { due: Date.now() + wait, callback, values, wait, again });
    return lastTimer;
  }
  const clear = (id) => void timers.delete(Number(id));

  // What the host is asked to do, and who waits for its answer.
  const waiting = new Map();
  let outbox = [], lastAsked = 0, lastFailure = "";
  function ask(kind, args) {
    return new Promise((resolve, reject) => {
      if (waiting.size >= MOST_ASKED) throw new RangeError("Too many operations at once");
      waiting.set(++lastAsked, { resolve, reject });
      outbox.push({ op: lastAsked, kind, args });
    });
  }

  const host = {
    ask,
    random: (count) => load("random")(run().seed, count),
    later: (callback, ...values) => void timer(callback, 0, values, false, true),
    // What a global name means, if anybody has used it: to look does not make it.
    there(name) {
      const [module, member] = shipped().globals[name];
      return loaded.has(module) ? loaded.get(module).exports[member] : undefined;
    },
  };
  const factories = new Map(), loaded = new Map();
  let depth = 0; // of modules that are being made
  let wanted = null; // a module that must be there before the scripts begin
  function load(name) {
    const there = loaded.get(name);
    if (there) return there.exports;
    const factory = factories.get(name);
    if (!factory) {
      wanted = name;
      throw missing(name);
    }
    const module = { exports: {} };
    loaded.set(name, module);
    depth++;
    try {
      factory.call(module.exports, module, module.exports, load, host);
    } finally {
      depth--;
    }
    return module.exports;
  }
  function missing(name) {
    const error = new Error(`Cannot find module '${name}'`);
    error.code = "MODULE_NOT_FOUND";
    return error;
  }
  function require(name) {
    const bare = String(name).replace(/(?!^)@[^/]*$/, "");
    const real = shipped().aliases[bare] || bare;
    if (!shipped().modules.includes(real)) throw missing(bare);
    return load(real);
  }

  const globals = {
    require,
    process: Object.freeze({
      env: Object.freeze({}), version: "v22.0.0", versions: Object.freeze({ node: "22.0.0" }), platform: "linux",
      nextTick: (callback, ...values) => void Promise.resolve().then(() => callback(...values)),
      hrtime: (since = [0, 0]) => [Math.floor(Date.now() / 1000) - since[0], (Date.now() % 1000) * 1e6 - since[1]],
    }),
    setTimeout: (callback, ms, ...values) => timer(callback, ms, values, false),
    setInterval: (callback, ms, ...values) => timer(callback, ms, values, true),
    setImmediate: (callback, ...values) => timer(callback, 0, values, false, true),
    clearTimeout: clear, clearInterval: clear, clearImmediate: clear,
  };

  // What rules left in `global` and is plain data; functions live for one login.
  function isPlain(value, depth) {
    if (value === null || ["string", "number", "boolean"].includes(typeof value)) return true;
    if (typeof value !== "object" || depth > DEEPEST_KEPT) return false;
    const prototype = Object.getPrototypeOf(value);
    if (prototype !== Object.prototype && prototype !== Array.prototype) return false;
    return Object.values(value).every((inner) => isPlain(inner, depth + 1));
  }

  return {
    globals, load,
    provide: (name, factory) => void factories.set(name, factory),
    shippedGlobal(name) {
      const [module, member] = shipped().globals[name];
      // A module that is being made only looks whether it is there.
      if ((run() === null || depth > 0) && !loaded.has(module)) return undefined;
      return member ? load(module)[member] : load(module);
    },
    answer({ op, value, error }) {
      const waits = waiting.get(op);
      if (!waits) return;
      waiting.delete(op);
      if (error === undefined) return void waits.resolve(value);
      lastFailure = `${error.code}: ${error.message}`;
      waits.reject(Object.assign(new Error(error.message), { code: error.code }));
    },
    wants: () => wanted,
    outbox() {
      if (outbox.length === 0) return null;
      const asked = outbox;
      outbox = [];
      return stringify(asked);
    },
    turn() {
      const now = Date.now();
      for (const [id, one] of [...timers]) {
        if (one.due > now || !timers.has(id)) continue;
        if (one.again) one.due = now + one.wait;
        else timers.delete(id);
        try {
          one.callback(...one.values);
        } catch (error) {
          fail(error, true); // as in Node, nobody else catches it
        }
      }
      if (wanted && lastAsked === 0) return null;
      let first = Infinity;
      for (const { due } of timers.values()) first = Math.min(first, due);
      if (first < Infinity) return Math.max(0, first - now);
      return waiting.size > 0 ? LONGEST_TIMER_MS : -1;
    },
    lastFailure: () => lastFailure,
    isBusy: () => timers.size + waiting.size + outbox.length > 0,
    kept() {
      const plain = Object.entries(global).filter(([, value]) => isPlain(value, 0));
      const text = stringify(Object.fromEntries(plain));
      return text.length <= MOST_KEPT_CHARS ? text : "{}";
    },
  };
});
