import { Router, static as serveFolder } from 'express';
import { getAbsoluteFSPath } from 'swagger-ui-dist';
import { routes } from '../routes.ts';
import { problemsPage } from '../problems/page.ts';
import { openApiDocument } from './document.ts';

const start = `window.onload = () => {
  window.ui = SwaggerUIBundle({
    url: '/openapi.json', dom_id: '#swagger-ui', deepLinking: true, tryItOutEnabled: true,
    persistAuthorization: true, displayRequestDuration: true,
  });
};`;

const page = `<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <title>Stipend API</title>
  <link rel="stylesheet" href="/docs/swagger-ui.css">
  <link rel="icon" href="/docs/favicon-32x32.png">
</head>
<body>
  <div id="swagger-ui"></div>
  <script src="/docs/swagger-ui-bundle.js"></script>
  <script src="/docs/start.js"></script>
</body>
</html>`;

/** The OpenAPI document, its reference page, and the page that the types of problems point at. */
export function createPages(): Router {
  const document = JSON.stringify(openApiDocument(routes));
  const pages = Router();
  pages.get('/openapi.json', (_request, response) => {
    response.type('application/json').send(document);
  });
  pages.get('/docs', (_request, response) => {
    response.type('html').send(page);
  });
  pages.get('/docs/start.js', (_request, response) => {
    response.type('text/javascript').send(start);
  });
  pages.get('/docs/problems', (_request, response) => {
    response.type('html').send(problemsPage());
  });
  pages.use('/docs', serveFolder(getAbsoluteFSPath(), { index: false, maxAge: '1h' }));
  return pages;
}
