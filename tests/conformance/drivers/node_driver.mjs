// Drives mem0's TypeScript client. Usage: node node_driver.mjs PACKAGE_FOLDER HOST KEY
import { createRequire } from "node:module";
import { serve } from "./lines.mjs";

const [folder, host, apiKey] = process.argv.slice(2);
const { MemoryClient } = createRequire(folder + "/package.json")("mem0ai");
await serve(new MemoryClient({ apiKey, host }));
