// SPDX-License-Identifier: Apache-2.0
'use strict';

window.addEventListener('load', () => {
  const place = document.getElementById('documentation');
  window.ui = SwaggerUIBundle({
    url: place.dataset.document,
    domNode: place,
    presets: [SwaggerUIBundle.presets.apis],
    layout: 'BaseLayout',
    deepLinking: true,
    displayRequestDuration: true,
    defaultModelsExpandDepth: 0,
    docExpansion: 'list',
    validatorUrl: null,
  });
});
