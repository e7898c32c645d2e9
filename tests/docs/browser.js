// Loaded before the JavaScript of a document: the variables that its text introduces, and what a
// browser has and Node 20 lacks.

import { inspect } from 'node:util';

Object.assign(globalThis, JSON.parse(process.env.EXAMPLE));
globalThis.WebSocket ??= class {};
inspect.defaultOptions.breakLength = 120;
