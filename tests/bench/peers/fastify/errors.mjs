// SPDX-License-Identifier: Apache-2.0

/** A 400 for what a schema cannot say. */
export function rejected (validationContext, instancePath, keyword, message) {
  return Object.assign(new Error(message), { validationContext, validation: [{ instancePath, keyword, message, params: {} }] })
}

/** Errors in the contract's shape; all failures of a validation in one answer. */
export function answerError (error, request, reply) {
  const requestId = request.id
  if (error.validation) {
    const details = error.validation.map(({ instancePath, keyword, message, params }) => ({
      in: error.validationContext,
      path: keyword === 'required' ? `${instancePath}/${params.missingProperty}` : instancePath,
      code: keyword,
      message
    }))
    return reply.status(400).send({ error: 'Validation error', details, requestId })
  }
  const status = error.statusCode >= 400 ? error.statusCode : 500
  return reply.status(status).send({ error: status < 500 ? error.message : 'Internal server error', requestId })
}
