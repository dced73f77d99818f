"""A bare engine with the globals that scripts have, and the packed modules to require in it."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import quickjs

_GLOBALS = """\
globalThis.global = globalThis;
globalThis.process = Object.freeze({ env: Object.freeze({}) });
globalThis.console = { log() {}, info() {}, warn() {}, error() {} };
globalThis.timers = [];
for (const name of ["setTimeout", "setInterval", "setImmediate"])
  globalThis[name] = (callback, ms, ...values) => timers.push({ callback, values });
for (const name of ["clearTimeout", "clearInterval", "clearImmediate"])
  globalThis[name] = (id) => void (timers[id - 1] = null);
globalThis.packs = Object.create(null);
globalThis.loaded = Object.create(null);
globalThis.require = (name) => {
  if (!(name in packs)) throw new Error(`not there: ${name}`);
  if (!(name in loaded)) {
    const module = (loaded[name] = { exports: {} });
    packs[name](module, module.exports, require);
  }
  return loaded[name].exports;
};
"""

CRYPTO = """\
globalThis.packs.crypto = (module, exports, require) => {
  module.exports = {
    randomBytes: (size) => Uint8Array.from({ length: size }, (_, at) => at),
    createHmac: (name, key) => {
      const { hmac, sha1 } = require("noble-hashes");
      const { Buffer } = require("buffer");
      const mac = hmac.create(sha1, Buffer.from(key));
      const made = {
        update: (text) => (mac.update(Buffer.from(text)), made),
        digest: (form) => Buffer.from(mac.digest()).toString(form),
      };
      return made;
    },
  };
};
"""
"""What packed modules ask of the server's own `crypto`, over packed hashes; chance is 0, 1, 2, …"""


class Engine:
    """One fresh engine.

    Args:
        packs: Function expressions by the name they are required by.
    """

    def __init__(self, packs: Mapping[str, str]) -> None:
        self._context = quickjs.Context()
        self._context.eval(_GLOBALS)
        self._context.eval(CRYPTO)
        for name, text in packs.items():
            self._context.eval(f"packs[{json.dumps(name)}] = {text}")

    def run(self, script: str) -> Any:
        """Return what a function's body returns, or what its promise becomes."""
        self._context.eval(
            "globalThis.answer = undefined;"
            f"(async () => {{ {script} }})().then((value) => {{ answer = {{ value }}; }},"
            " (error) => { answer = { error: `${error}\\n${error.stack}` }; }); 0"
        )
        while self._context.execute_pending_job() or self._fire():
            pass
        answer = json.loads(self._context.eval("JSON.stringify(answer ?? { error: 'no end' })"))
        assert "error" not in answer, answer["error"]
        return answer.get("value")

    def _fire(self) -> bool:
        return bool(
            self._context.eval(
                "((due) => { timers = []; for (const one of due) one.callback(...one.values);"
                " return due.length > 0; })(timers.filter(Boolean))"
            )
        )


def packs(folder: Path, manifest: Mapping[str, Any], name: str) -> dict[str, str]:
    """Return a module's text and those of all it needs."""
    texts = {name: (folder / f"{name.replace('/', '__')}.js").read_text(encoding="utf-8")}
    for needed in manifest[name]["needs"]:
        if needed in manifest:
            texts |= packs(folder, manifest, needed)
    return texts
