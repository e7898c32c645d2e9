// Writes what the sign-in menu of the page needs: everybody in the demo with an access token. This
// exists for the demo only; its server hands it out on 127.0.0.1.
// Usage: node people.js SECRET < the rows of people.sql
import { token } from './token.js';

const [secret] = process.argv.slice(2);
let input = '';
for await (const part of process.stdin) input += part;

const { organizations, people } = JSON.parse(input);
console.log(
  JSON.stringify({ organizations, people: people.map(({ login, ...person }) => ({ ...person, token: token(secret, login) })) }),
);
