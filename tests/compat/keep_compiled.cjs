// Loaded before auth0-deploy-cli (`node --require`). The tool checks what it is given against a
// schema of eight megabytes, twice an import; ajv makes a function of a hundred megabytes of it, and
// V8 then compiles that for ten seconds each time. Here what V8 has compiled is kept: in the process,
// and for the next one in the folder KEEP_COMPILED. The same code of the tool runs as without it.
const fs = require("node:fs");
const path = require("node:path");
const vm = require("node:vm");

const LARGE = 1 << 20;
const file = path.join(process.env.KEEP_COMPILED, "compiled");
const known = new Map();

function compiled(source) {
  const cachedData = fs.existsSync(file) ? fs.readFileSync(file) : undefined;
  const script = new vm.Script(source, { cachedData });
  if (!cachedData) {
    process.on("exit", () => {
      const fresh = `${file}.${process.pid}`;
      fs.writeFileSync(fresh, script.createCachedData());
      fs.renameSync(fresh, file);
    });
  }
  return script;
}

globalThis.Function = new Proxy(Function, {
  construct(made, texts, target) {
    const body = String(texts.at(-1));
    if (body.length < LARGE) return Reflect.construct(made, texts, target);
    const source = `(function (${texts.slice(0, -1).join()}\n) {\n${body}\n})`;
    if (!known.has(source)) known.set(source, compiled(source));
    return known.get(source).runInThisContext();
  },
});
