// A reader for the output of the pgoutput plugin (logical replication protocol 1), limited to
// inserted rows.

/**
 * The inserted rows in order: [{ table: 'schema.name', row: { column: text or null } }]. `messages`
 * are buffers.
 */
export function insertedRows(messages) {
  const relations = new Map();
  const inserted = [];
  for (const message of messages) {
    const read = new Reader(message);
    const kind = read.char();
    if (kind === 'R') {
      const id = read.int32();
      const table = `${read.text()}.${read.text()}`;
      read.skip(1); // replica identity
      const columns = Array.from({ length: read.int16() }, () => {
        read.skip(1); // part of the key?
        const name = read.text();
        read.skip(8); // type and its modifier
        return name;
      });
      relations.set(id, { table, columns });
    } else if (kind === 'I') {
      const { table, columns } = relations.get(read.int32());
      read.skip(1); // 'N', the tag of the new row
      read.int16(); // the number of columns
      inserted.push({ table, row: Object.fromEntries(columns.map((name) => [name, read.value()])) });
    }
  }
  return inserted;
}

class Reader {
  #at = 0;

  constructor(buffer) {
    this.buffer = buffer;
  }

  skip(bytes) {
    this.#at += bytes;
    return this.#at - bytes;
  }

  char() {
    return String.fromCharCode(this.buffer[this.skip(1)]);
  }

  int16() {
    return this.buffer.readInt16BE(this.skip(2));
  }

  int32() {
    return this.buffer.readInt32BE(this.skip(4));
  }

  text() {
    const end = this.buffer.indexOf(0, this.#at);
    const start = this.skip(end + 1 - this.#at);
    return this.buffer.toString('utf8', start, end);
  }

  value() {
    if (this.char() !== 't') return null;
    const length = this.int32();
    const start = this.skip(length);
    return this.buffer.toString('utf8', start, start + length);
  }
}
