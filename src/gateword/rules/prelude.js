// What a script finds around it. Nothing of the host is reachable from here: whatever a script wants
// of it lies in an outbox of text, and what the host answers comes in as text.
//
// Each login has this made anew, so what few scripts use is made when the first of it is touched:
// timers, modules, the outbox (errands.js); what a script says besides its result (words.js).
(function (global, errandsSource, wordsSource) {
  "use strict";
  const { parse, stringify } = JSON;
  const { assign, defineProperty, freeze, keys } = Object;
  const sourceOf = Function.prototype.call.bind(Function.prototype.toString);
  delete JSON.rawJSON; // numbers that nobody after us could hold
  const evaluate = eval; // not of here: of the global scope
  let run = null; // the login that is under way; one in each room
  let seed = "";
  let shipped = { modules: [], aliases: {}, globals: {} };

  function define(name, value) {
    defineProperty(global, name, { value, writable: true, configurable: true });
  }

  // How the scripts of a kind end their run; only the first word counts.
  function finish(value) {
    if (!run.result) run.result = { value };
  }
  function fail(error, threw = false) {
    if (run.result) return;
    try {
      run.result = { error: words().fault(error, threw), script: run.script };
    } catch {
      run.result = { error: { kind: "denied", message: "The error cannot be shown" }, script: run.script };
    }
  }

  const own = { Error, stringify }; // as they were before any script came
  let spoken = null, made = null;
  const words = () => (spoken ??= evaluate(wordsSource)(own, () => run));
  const errands = () => (made ??= evaluate(errandsSource)({
    global, fail, shipped: () => shipped, run: () => run,
  }));
  function lazily(name, get, isListed = true) {
    defineProperty(global, name, {
      configurable: true,
      get,
      set(value) {
        const enumerable = isListed || this !== global;
        defineProperty(this, name, { value, writable: true, configurable: true, enumerable });
      },
    });
  }

  // What is listed of the global object is what scripts have put there.
  for (const name of keys(global)) defineProperty(global, name, { enumerable: false });
  define("global", global);
  for (const name of ["console", "UnauthorizedError", "ValidationError", "WrongUsernameOrPasswordError"])
    lazily(name, () => words().globals[name], false);
  for (const name of [
    "require", "process", "setTimeout", "setInterval", "setImmediate",
    "clearTimeout", "clearInterval", "clearImmediate",
  ])
    lazily(name, () => errands().globals[name]);

  const compiled = [];
  let begins = null;
  const engine = {
    finish, fail, define,
    load: (name) => errands().load(name),
    isOver: () => run.result !== null,
    at(id) {
      run.script = id;
    },
  };

  // Fires what is due, and says what became of the run: text when it ended, else milliseconds; null
  // when a module is wanted that should have been there before.
  function turn() {
    const next = made ? made.turn() : -1;
    if (next === null) return null;
    if (run.result && !run.isTold) {
      run.isTold = true;
      if (run.text !== undefined) return run.text;
      try {
        return stringify({ ...run.result, log: run.log });
      } catch (error) {
        return stringify({ error: words().fault(error, true), script: run.script, log: run.log });
      }
    }
    return next;
  }

  return {
    ships(text) {
      shipped = parse(text);
      for (const name of keys(shipped.globals)) lazily(name, () => errands().shippedGlobal(name));
    },
    provide: (name, factory) => errands().provide(name, factory),
    // Modules that a script will want are made before it comes.
    prepare(text, drawn) {
      seed = drawn;
      for (const name of parse(text)) errands().load(name);
    },
    plays(kind) {
      begins = kind(engine);
    },
    configure(text) {
      define("configuration", freeze(parse(text)));
    },
    compile(id, script) {
      if (typeof script !== "function") throw new SyntaxError("It must be one function");
      compiled.push({ id, script });
    },
    source: (script) => sourceOf(script),
    // Scripts that print will want what they say it with.
    speaks: () => void words(),
    begin(given, kept, own) {
      run = { seed, log: [], logged: 0, script: null, result: null };
      if (kept !== "{}") assign(global, parse(kept));
      begins(compiled, parse(given), parse(own));
    },
    answer: (text) => errands().answer(parse(text)),
    at: () => (run ? run.script : null),
    failure: () => (made ? made.lastFailure() : ""),
    log: () => (run ? stringify(run.log) : "[]"),
    wants: () => (made ? made.wants() : null),
    // What the host is to do now; null when nothing.
    outbox: () => (made ? made.outbox() : null),
    turn,
    // What became of a run that had its say at once and leaves nothing, text; else null, and `turn` says
    // it. To write it down may run some of the script.
    plainly() {
      if (made !== null || !run.result) return null;
      const text = turn();
      if (made === null && keys(global).length === 0) return text;
      run.isTold = false;
      run.text = text;
      return null;
    },
    // Whether something is left once the scripts had their say: to do, to ask, or to keep.
    leaves: () => (made !== null && made.isBusy()) || keys(global).length > 0,
    kept: () => errands().kept(),
  };
});
