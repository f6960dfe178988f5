// SPDX-License-Identifier: Apache-2.0
'use strict';

window.addEventListener('load', () => {
  const place = document.getElementById('graphiql');
  const token = document.getElementById('token');
  document.getElementById('access').addEventListener('submit', (event) => event.preventDefault());

  // The token goes with each request and is kept nowhere: a reload forgets it. What the editor for headers says comes after.
  async function fetcher(request, { headers = {} } = {}) {
    const fields = { Accept: 'application/graphql-response+json, application/json;q=0.9', 'Content-Type': 'application/json' };
    if (token.value.trim() !== '') fields.Authorization = `Bearer ${token.value.trim()}`;
    for (const [name, value] of Object.entries(headers)) {
      const known = Object.keys(fields).find((field) => field.toLowerCase() === name.toLowerCase());
      fields[known ?? name] = value;
    }
    const response = await fetch(place.dataset.endpoint, {
      method: 'POST', credentials: 'same-origin', headers: fields, body: JSON.stringify(request),
    });
    return response.json();
  }

  // What was typed, variables with passwords too, stays in this tab and ends with it.
  const root = ReactDOM.createRoot(place);
  root.render(React.createElement(GraphiQL, {
    fetcher,
    storage: window.sessionStorage,
    showPersistHeadersSettings: false,
    shouldPersistHeaders: false,
    defaultEditorToolsVisibility: 'variables',
  }));
});
