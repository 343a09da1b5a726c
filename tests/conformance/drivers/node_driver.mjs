// Drives mem0's TypeScript client: a call as a line of JSON in, its outcome as one out.
// Usage: node node_driver.mjs PACKAGE_FOLDER HOST KEY. A call is {"method": "getAll", "args": […]}.
import { createRequire } from "node:module";
import { createInterface } from "node:readline";

const [folder, host, apiKey] = process.argv.slice(2);
const { MemoryClient } = createRequire(folder + "/package.json")("mem0ai");
// The client reports on the console; standard output is for outcomes.
console.log = console.warn = console.info = console.error;
const client = new MemoryClient({ apiKey, host });

for await (const line of createInterface({ input: process.stdin })) {
  const call = JSON.parse(line);
  let outcome;
  try {
    outcome = { result: (await client[call.method](...call.args)) ?? null };
  } catch (error) {
    outcome = { error: error.constructor.name, message: String(error.message) };
  }
  process.stdout.write(JSON.stringify(outcome) + "\n");
}
