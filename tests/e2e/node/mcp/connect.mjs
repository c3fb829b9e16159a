// The official clients of both eras behind one face.
import assert from "node:assert/strict";

export async function connect(url, token, era) {
  const options = {requestInit: {headers: {Authorization: `Bearer ${token}`}}};
  const who = {name: "conversation", version: "1.0.0"};
  if (era === "2025") {
    const {Client} = await import("@modelcontextprotocol/sdk/client/index.js");
    const {StreamableHTTPClientTransport} = await import("@modelcontextprotocol/sdk/client/streamableHttp.js");
    const transport = new StreamableHTTPClientTransport(new URL(url), options);
    const client = new Client(who, {capabilities: {}});
    await client.connect(transport);
    assert.ok(transport.sessionId, "a session is given");
    return {client, bye: () => transport.terminateSession()};
  }
  const {Client, StreamableHTTPClientTransport} = await import("@modelcontextprotocol/client");
  const client = new Client(who, {capabilities: {}, versionNegotiation: {mode: {pin: "2026-07-28"}}});
  await client.connect(new StreamableHTTPClientTransport(new URL(url), options));
  return {client, bye: async () => {}};
}
