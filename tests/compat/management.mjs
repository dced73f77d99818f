// npm `auth0`'s ManagementClient, several calls in a row:
// {"package", "client", "steps": [{"call", "args", "as", "all", "until"}]} -> [{"value"} or {"error"}]
// "$name.member" in args is a member of what an earlier step brought; {"$file": text} is an upload.
import { text } from "node:stream/consumers";

const MOST = 200;
const TRIES = 100;

const ask = JSON.parse(await text(process.stdin));
const { ManagementClient } = await import(ask.package);
const client = new ManagementClient(ask.client);
const known = {};

function filled(value) {
  if (typeof value === "string" && value.startsWith("$")) {
    return value.slice(1).split(".").reduce((found, name) => found[name], known);
  }
  if (Array.isArray(value)) return value.map(filled);
  if (value === null || typeof value !== "object") return value;
  if ("$file" in value) {
    return new File([value.$file], "users.json", { type: "application/json" });
  }
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, filled(inner)]));
}

// Version 4 wraps every answer in {data, status, …}.
const unwrapped = (answer) => (answer && "data" in answer && "status" in answer ? answer.data : answer);

async function everything(pages) {
  const items = [];
  for await (const item of pages) {
    items.push(item);
    if (items.length > MOST) throw new Error("the pager does not end");
  }
  return items;
}

async function once({ call, args = [], all }) {
  const names = call.split(".");
  const method = names.pop();
  const owner = names.reduce((found, name) => found[name], client);
  const answer = await owner[method](...filled(args));
  return all ? everything(answer) : unwrapped(answer);
}

async function done(step) {
  for (let tried = 0; tried < TRIES; tried += 1) {
    const answer = await once(step);
    if (!step.until || step.until.includes(answer.status)) return answer;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error(`${step.call} never came to ${step.until}`);
}

const results = [];
for (const step of ask.steps) {
  try {
    const value = (await done(step)) ?? null;
    if (step.as) known[step.as] = value;
    results.push({ value });
  } catch (error) {
    results.push({
      error: {
        class: error.constructor.name,
        message: error.message,
        status: error.statusCode ?? null,
        code: error.errorCode ?? error.body?.errorCode ?? null,
      },
    });
  }
}
process.stdout.write(JSON.stringify(results));
