// SPDX-License-Identifier: Apache-2.0
// What a client library made of a response that has errors: its HTTP status, and the errors of the response or, where that
// is none of GraphQL, its body.
export class Failure extends Error {
  constructor(status, errors, body) {
    super(`${status}: ${JSON.stringify(errors ?? body)}`);
    this.status = status;
    this.errors = errors;
    this.body = body;
  }
}
