// How a driver is spoken to: see lines.py, whose lines these are. A call is {"method": "getAll", "args": […]}.
import { createInterface } from "node:readline";

// The clients report on the console; standard output is for outcomes.
console.log = console.warn = console.info = console.error;

// An underscore marks what is private; a getter is no method.
function methods(target) {
  const found = Object.entries(Object.getOwnPropertyDescriptors(Object.getPrototypeOf(target)));
  return found.filter(([name, { value }]) => typeof value === "function" && !/^(_|constructor$)/.test(name));
}

export async function serve(target) {
  const say = (line) => process.stdout.write(JSON.stringify(line) + "\n");
  say(methods(target).map(([name]) => name));
  for await (const line of createInterface({ input: process.stdin })) {
    const call = JSON.parse(line);
    try {
      say({ result: (await target[call.method](...call.args)) ?? null });
    } catch (error) {
      say({ error: error.constructor.name, message: String(error.message) });
    }
  }
}
