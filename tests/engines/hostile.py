"""Scripts that mean no good, and what they look for."""

HOSTILE = {
    "endless loop": "for (;;) {}",
    "endless promises": "(function again() { Promise.resolve().then(again); })();",
    "memory": "const kept = []; for (;;) kept.push(new Array(1000).fill(1));",
    "one large text": "'x'.repeat(2 ** 29).split('').join('y');",
    "expression": "'x'.repeat(100000).replace(/(x+x+)+y/, '');",
    "bigint": "let x = 3n; for (;;) x = x * x;",
    "native join": "const a = []; a.length = 2 ** 31; a.join('xxxxxxxxxxxxxxxx');",
    "deep recursion": "(function down() { down(); })();",
    "deep text": "JSON.parse('['.repeat(1e6));",
    "large result": "user.x = 'x'.repeat(3e6); callback(null, user, context);",
    "circle": "user.self = user; callback(null, user, context);",
    "own toJSON": "Object.prototype.toJSON = () => 'mine'; callback(null, user, context);",
    "thrown nothing": "throw null;",
    "thrown trap": "throw { get message() { throw this; }, toString() { throw this; } };",
    "getter": "callback(null, user, { get accessToken() { for (;;) {} } });",
    "proxy": "callback(null, new Proxy({}, { ownKeys() { for (;;) {} } }), context);",
    "many timers": "for (;;) setTimeout(function () {}, 1e9);",
    "many lines": "for (;;) console.log('x'.repeat(1e6));",
    "deep result": "let a = []; for (let i = 0; i < 985; i++) a = [a]; context.a = a;"
    " callback(null, user, context);",
    "own clock": "Date.now = () => NaN; setInterval(() => {}, 1e4);",
    "own wait": "setTimeout(() => {}, 1e4); Math.max = () => ({});",
    "own text": "setTimeout(() => {}, 1e4); Math.max = () => '[['.repeat(1e5);",
    "half a pair": "setTimeout(() => {}, 1e4); Math.max = () => '\\ud800';",
    "large wait": "setTimeout(() => {}, 1e4); Math.max = () => -(10n ** 400n);",
    "busy turns": "(function on() { const end = Date.now() + 900;"
    " while (Date.now() < end); setTimeout(on); })();",
    "trap in an error": "callback({ get name() { throw 1; } });",
}
ESCAPES = (
    "typeof process.exit",
    "typeof std",
    "typeof os",
    "typeof scriptArgs",
    "typeof print",
    "typeof XMLHttpRequest",
    "typeof Worker",
    "typeof WebAssembly",
    "typeof SharedArrayBuffer === 'function' ? typeof Atomics.waitAsync : 'undefined'",
)
