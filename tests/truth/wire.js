// SPDX-License-Identifier: Apache-2.0
'use strict';
// Reads the messages of one direction of an HTTP/1.1 connection from a copy of its bytes (RFC 9112). What it does not
// understand, and a body beyond `greatest`, makes it blind for the rest of the connection: it says nothing any more.

const greatest = 16 * 1024 * 1024; // bytes of one message that are kept

class Messages {
  // head(message) when the fields of a message are there; it returns false where no body follows whatever they say.
  // whole(message) once the body is there too. A message: {first, fields: {name: value}, body: Buffer}.
  constructor(isResponse, head, whole) {
    Object.assign(this, {isResponse, head, whole, bytes: Buffer.alloc(0), message: null, isBlind: false});
  }

  push(chunk) {
    if (this.isBlind) return;
    this.bytes = this.bytes.length === 0 ? chunk : Buffer.concat([this.bytes, chunk]);
    try {
      while (!this.isBlind && this.step());
    } catch (problem) {
      this.isBlind = true;
    }
    if (this.bytes.length > greatest) this.isBlind = true;
    if (this.isBlind) this.bytes = Buffer.alloc(0);
  }

  // The direction has ended.
  end() {
    if (this.isBlind || this.message === null || this.message.left !== Infinity) return;
    this.finish(this.bytes);
  }

  step() {
    if (this.message === null) return this.readHead();
    if (this.message.chunks) return this.readChunk();
    if (this.bytes.length < this.message.left) return false;
    this.finish(this.take(this.message.left));
    return true;
  }

  readHead() {
    const end = this.bytes.indexOf('\r\n\r\n');
    if (end < 0) return false;
    const [first, ...lines] = this.take(end + 4).toString('latin1').slice(0, -4).split('\r\n');
    const fields = Object.create(null);
    for (const line of lines) {
      const [, name, value] = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*(.*?)[ \t]*$/.exec(line) ?? this.blind();
      const key = name.toLowerCase();
      fields[key] = key in fields ? `${fields[key]}, ${value}` : value;
    }
    if (!(this.isResponse ? /^HTTP\/1\.1 [1-5]\d\d / : /^[A-Z]+ \S+ HTTP\/1\.1$/).test(first)) this.blind();
    this.message = {first, fields, body: Buffer.alloc(0), left: 0, chunks: null};
    const mayHaveBody = this.head(this.message) !== false;
    const length = fields['content-length'];
    if (!mayHaveBody) this.finish(this.message.body);
    else if (fields['transfer-encoding'] !== undefined) {
      if (fields['transfer-encoding'].toLowerCase() !== 'chunked' || length !== undefined) this.blind();
      this.message.chunks = [];
    } else if (length !== undefined) {
      if (!/^\d+$/.test(length)) this.blind();
      this.message.left = Number(length);
    } else if (this.isResponse) this.message.left = Infinity;
    return true;
  }

  readChunk() {
    const end = this.bytes.indexOf('\r\n');
    if (end < 0) return false;
    const line = this.bytes.subarray(0, end).toString('latin1');
    const [size] = /^[0-9A-Fa-f]+(?=;|$)/.exec(line) ?? this.blind();
    const length = parseInt(size, 16);
    if (this.bytes.length < end + 2 + length + 2) return false;
    this.take(end + 2);
    const data = this.take(length);
    if (this.take(2).toString('latin1') !== '\r\n') this.blind(); // trailers too
    if (length > 0) this.message.chunks.push(data);
    else this.finish(Buffer.concat(this.message.chunks));
    return true;
  }

  finish(body) {
    const message = this.message;
    message.body = body;
    this.message = null;
    this.whole(message);
  }

  take(count) {
    const taken = this.bytes.subarray(0, count);
    this.bytes = this.bytes.subarray(count);
    return taken;
  }

  blind() {
    throw new Error('not understood');
  }
}

module.exports = {Messages};
