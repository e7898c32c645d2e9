export * from './client.js';
export type { Database, Json } from './database.js';
export * from './errors.js';
export * from './is_error.js';
export type * from './json.js';
