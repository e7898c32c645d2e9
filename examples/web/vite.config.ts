// Builds the page and serves it on 127.0.0.1: /api is PostgREST, everything else the page.
// HELPDESK_API is the address of PostgREST, HELPDESK_PEOPLE the file with the people of the demo.

import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { type Connect, defineConfig, type Plugin } from 'vite';

const CLIENT = fileURLToPath(new URL('../../clients/typescript/src/index.ts', import.meta.url));
const api = process.env.HELPDESK_API ?? 'http://127.0.0.1:3000';
const proxy = { '/api': { target: api, rewrite: (path: string) => path.replace(/^\/api/, '') } };

/**
 * For the demo only: hands the names and access tokens of everybody in the demo to whoever asks. An
 * application has a sign-in service instead, and this file has no place in it.
 */
function demoPeople(file: string | undefined): Plugin {
  const answer: Connect.NextHandleFunction = async (request, response, next) => {
    if (request.url !== '/demo/people.json' || !file) return next();
    response.setHeader('Content-Type', 'application/json');
    response.setHeader('Cache-Control', 'no-store');
    response.end(await readFile(file));
  };
  const use = (server: { middlewares: Connect.Server }) => void server.middlewares.use(answer);
  return { name: 'demo-people', configureServer: use, configurePreviewServer: use };
}

export default defineConfig({
  // The sources, so that the client needs no build. tsconfig.json names the same file.
  resolve: { alias: { '@helpdesk/client': CLIENT } },
  plugins: [react(), demoPeople(process.env.HELPDESK_PEOPLE)],
  // The manifest tells the test of the page's size what the first load consists of.
  build: { manifest: true, target: 'es2023' },
  server: { host: '127.0.0.1', proxy },
  preview: { host: '127.0.0.1', proxy },
});
