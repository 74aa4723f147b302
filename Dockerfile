# Millrace as an image: docker compose up --build, or
#   docker build -t millrace . && docker run -p 127.0.0.1:8080:8000 -v millrace:/data millrace
FROM node:22.13.1-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
COPY docs/package.json docs/
RUN npm ci --ignore-scripts
COPY tsconfig.json tsconfig.build.json ./
COPY scripts scripts
COPY src src
COPY connectors connectors
COPY dashboards dashboards
RUN node scripts/build.js

FROM node:22.13.1-bookworm-slim AS modules
WORKDIR /app
COPY package.json package-lock.json ./
COPY docs/package.json docs/
RUN npm ci --omit=dev --ignore-scripts

FROM node:22.13.1-bookworm-slim
ENV NODE_ENV=production
WORKDIR /app
COPY --from=modules /app/node_modules node_modules
COPY --from=build /app/dist dist
COPY package.json LICENSE NOTICE CHANGELOG.md ./
COPY templates templates
COPY dashboards/mote-climate.json dashboards/
COPY data/motes.csv data/
COPY docker/container.js docker/
COPY jobs jobs
RUN mkdir /data && chown node:node /data
USER node
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:8080/readyz').then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "docker/container.js"]
CMD ["run", "jobs/max-temperature.job.ts", "--http", "127.0.0.1:8080", "--data", "/data"]
