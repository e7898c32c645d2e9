// Access tokens as a sign-in service issues them, valid for a week.
import { createHmac } from 'node:crypto';

const base64url = (value) => Buffer.from(value).toString('base64url');

export function token(secret, login, role = 'authenticated') {
  const head = base64url(JSON.stringify({ alg: 'HS256', typ: 'JWT' }));
  const week = Math.floor(Date.now() / 1000) + 7 * 24 * 3600;
  const body = base64url(JSON.stringify({ sub: login, role, exp: week }));
  const signature = createHmac('sha256', secret).update(`${head}.${body}`).digest('base64url');
  return `${head}.${body}.${signature}`;
}
