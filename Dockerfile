FROM node:22-bookworm-slim AS build
WORKDIR /kith
COPY package.json package-lock.json ./
RUN npm ci
COPY . .
RUN npm run build && npm prune --omit=dev

FROM node:22-bookworm-slim
WORKDIR /kith
# The heap of the main thread; the engine's memory comes on top.
ENV NODE_ENV=production KITH_DATA_DIR=/data NODE_OPTIONS=--max-old-space-size=2048
# The C library gives each of many threads a heap of its own, and large blocks stay in them once they were used: two heaps, and large
# blocks by themselves, so that what an analysis took is given back.
ENV MALLOC_ARENA_MAX=2 MALLOC_MMAP_THRESHOLD_=131072
COPY --from=build /kith/package.json ./
COPY --from=build /kith/node_modules ./node_modules
COPY --from=build /kith/dist ./dist
RUN mkdir /data && chown node /data
USER node
VOLUME /data
EXPOSE 3000
HEALTHCHECK --interval=30s --timeout=10s --start-period=120s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.KITH_HTTP_PORT || 3000}/healthz`).then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "dist/src/main.js"]
CMD ["start"]
