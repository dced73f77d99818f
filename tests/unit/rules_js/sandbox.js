// Stands around the modules as the prelude does: a loader, timers, a console and an outbox.
(function (global, sources, random) {
  "use strict";
  const loaded = new Map(), asks = new Map(), timers = new Map(), log = [];
  let lastAsk = 0, lastTimer = 0, result = null;

  const host = {
    ask(kind, args) {
      const { promise, resolve, reject } = Promise.withResolvers();
      const text = JSON.stringify({ id: ++lastAsk, kind, args });
      asks.set(lastAsk, { text, resolve, reject });
      return promise;
    },
    random: (count) => Uint8Array.from({ length: count }, random),
    there: (name) => loaded.get("web-url")?.exports[name],
  };
  function require(name) {
    if (!loaded.has(name)) {
      const source = sources[name.replaceAll("/", "__")];
      if (source === undefined) throw new Error(`Cannot find module '${name}'`);
      const module = { exports: {} };
      loaded.set(name, module);
      (0, eval)(source)(module, module.exports, require, host);
    }
    return loaded.get(name).exports;
  }
  const logs = (level) => (...values) => void log.push([level, values.map(String).join(" ")]);

  global.console = Object.fromEntries(
    ["log", "info", "warn", "error"].map((level) => [level, logs(level)]),
  );
  global.process = { env: {} };
  global.setTimeout = (callback) => (timers.set(++lastTimer, callback), lastTimer);
  global.clearTimeout = (id) => void timers.delete(id);
  global.require = require;

  const told = (error) => ({ name: error.name, message: error.message, code: error.code });
  return {
    start(script) {
      result = null;
      const settle = (value) => void (result = JSON.stringify({ log, ...value }));
      const failed = (error) => settle({
        error: error instanceof Error ? told(error) : { name: typeof error, message: String(error) },
      });
      Promise.resolve().then(script).then((value) => settle({ value }), failed);
    },
    result: () => result,
    asked() {
      const texts = [...asks.values()].filter((ask) => !ask.seen).map((ask) => ask.text);
      for (const ask of asks.values()) ask.seen = true;
      return JSON.stringify(texts.map((text) => JSON.parse(text)));
    },
    answer(id, text) {
      const { resolve, reject } = asks.get(id);
      const { value, error } = JSON.parse(text);
      if (error) reject(Object.assign(new Error(error.message), { code: error.code }));
      else resolve(value);
    },
    tick() {
      const [first] = timers;
      if (!first) return false;
      timers.delete(first[0]);
      try {
        first[1]();
      } catch (error) {
        log.push(["uncaught", String(error)]);
      }
      return true;
    },
  };
})
