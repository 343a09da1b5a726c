// Drives LangChain's memory on mem0. Usage: node langchain_driver.mjs PACKAGE_FOLDER HOST KEY PERSON
import { createRequire } from "node:module";
import { serve } from "./lines.mjs";

const [folder, host, apiKey, person] = process.argv.slice(2);
const { Mem0Memory } = createRequire(folder + "/package.json")("@langchain/community/memory/mem0");
await serve(new Mem0Memory({ apiKey, sessionId: person, mem0Options: { apiKey, host } }));
