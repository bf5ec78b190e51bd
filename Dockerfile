# One image for the API, the worker and the migration job: they differ in their command alone.
FROM node:24-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts
COPY . .
RUN npm run build && chmod +x dist/cli/main.js && npm prune --omit=dev --ignore-scripts

FROM node:24-bookworm-slim
ENV NODE_ENV=production
WORKDIR /app
COPY --from=build --chown=node:node /app/package.json ./
COPY --from=build --chown=node:node /app/node_modules ./node_modules
COPY --from=build --chown=node:node /app/dist ./dist
# `docker compose exec worker stipend doctor`, `kubectl exec deploy/stipend-worker -- stipend doctor`.
RUN ln -s /app/dist/cli/main.js /usr/local/bin/stipend
USER node
CMD ["node", "dist/api/main.js"]
