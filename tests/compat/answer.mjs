// Reads one ask from standard input, runs it, and writes what came of it as JSON:
// {"value": …} or {"error": {…}}, so that a test sees the SDK's own class and members.
import { text } from "node:stream/consumers";

export async function answer(run) {
  const ask = JSON.parse(await text(process.stdin));
  let result;
  try {
    result = { value: (await run(ask)) ?? null };
  } catch (error) {
    result = {
      error: {
        class: error.constructor.name,
        name: error.name,
        message: error.message,
        code: error.code ?? null,
        status: error.statusCode ?? null,
        error: error.error ?? error.cause?.error ?? null,
        error_description: error.error_description ?? error.cause?.error_description ?? null,
      },
    };
  }
  process.stdout.write(JSON.stringify(result));
}
