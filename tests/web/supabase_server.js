// A stand-in for Supabase's Storage and Realtime, which cannot run here: as much of their protocols
// as the page uses. Who may read and write a file is asked of the database, as Storage does.

import { once } from 'node:events';
import { createServer } from 'node:http';
import { WebSocketServer } from 'ws';

export const BUCKET = 'ticket-files';
const API_KEY = 'publishable';
const CORS = { 'Access-Control-Allow-Origin': '*', 'Access-Control-Allow-Headers': 'authorization, apikey, content-type' };

/** Returns what config.json says of it (`supabase`), its files by path, and send(), see below. */
export async function startSupabase(api) {
  const files = new Map();
  const server = createServer(async (request, response) => {
    const [status, body] = await answer(request).catch((error) => [500, error.stack]);
    response.writeHead(status, CORS).end(body);
  });

  async function answer(request) {
    if (request.method === 'OPTIONS') return [204];
    if (request.headers.apikey !== API_KEY) return [401, 'no API key'];
    const path = decodeURIComponent(request.url).split(`/${BUCKET}/`)[1];
    const isAllowed = async (name) => {
      const allowed = await fetch(`${api.url}/rpc/${name}`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', 'Authorization': request.headers.authorization },
        body: JSON.stringify({ p_storage_path: path }),
      });
      return (await allowed.json()) === true;
    };
    if (request.method === 'POST' && request.url.startsWith('/storage/v1/object/')) {
      const parts = [];
      for await (const part of request) parts.push(part);
      if (!(await isAllowed('may_upload_file'))) return [403, 'row security'];
      files.set(path, Buffer.concat(parts));
      return [200, '{}'];
    }
    if (request.url.startsWith('/storage/v1/object/authenticated/')) {
      return files.has(path) && (await isAllowed('may_read_file')) ? [200, files.get(path)] : [404, 'not found'];
    }
    return [404, 'unknown request'];
  }

  // Phoenix channels: a message is [join_ref, ref, topic, event, payload], or an object of these.
  const sockets = new WebSocketServer({ server, path: '/realtime/v1/websocket' });
  const subscriptions = [];
  sockets.on('connection', (socket) => {
    socket.on('message', (message) => {
      const { read, write } = codec(JSON.parse(message));
      const { topic, event, payload, ref, join_ref } = read;
      const changes = (payload?.config?.postgres_changes ?? []).map((change, id) => ({ id, ...change }));
      if (event === 'phx_join') subscriptions.push({ socket, topic, changes, write, token: payload.access_token });
      const response = event === 'phx_join' ? { postgres_changes: changes } : {};
      socket.send(write({ topic, event: 'phx_reply', payload: { status: 'ok', response }, ref, join_ref }));
    });
  });

  /** Tells subscribers of a row, as Realtime does, but without asking who may read it. */
  function send(table, record) {
    for (const { socket, topic, changes, write } of subscriptions) {
      const ids = changes.filter((change) => change.table === table && matches(change.filter, record)).map(({ id }) => id);
      if (ids.length === 0 || socket.readyState !== socket.OPEN) continue;
      const data = {
        schema: 'helpdesk',
        table,
        type: 'INSERT',
        commit_timestamp: new Date().toISOString(),
        columns: [],
        record,
        errors: null,
      };
      socket.send(write({ topic, event: 'postgres_changes', payload: { ids, data }, ref: null, join_ref: null }));
    }
  }

  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const stop = async () => {
    for (const socket of sockets.clients) socket.terminate();
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  };
  const url = `http://127.0.0.1:${server.address().port}`;
  return { supabase: { url, apiKey: API_KEY, bucket: BUCKET }, files, subscriptions, send, stop };
}

/** Reads a message, and writes in the same form. */
function codec(message) {
  if (!Array.isArray(message)) return { read: message, write: JSON.stringify };
  const [join_ref, ref, topic, event, payload] = message;
  const write = (answer) => JSON.stringify([answer.join_ref, answer.ref, answer.topic, answer.event, answer.payload]);
  return { read: { join_ref, ref, topic, event, payload }, write };
}

/** A filter such as user_id=eq.123. */
function matches(filter, record) {
  const [column, value] = filter.split('=eq.');
  return String(record[column]) === value;
}
