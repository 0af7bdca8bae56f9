// Verifies a webhook with the official library: its secret, headers and body come as JSON on standard input.
import { Webhook } from "standardwebhooks";

const parts = [];
for await (const part of process.stdin) parts.push(part);
const { secret, headers, body } = JSON.parse(Buffer.concat(parts).toString());
try {
  console.log(JSON.stringify(new Webhook(secret).verify(body, headers)));
} catch (failure) {
  console.log(JSON.stringify(failure.message));
}
