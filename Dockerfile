FROM node:22-bookworm-slim AS build
WORKDIR /kith
COPY package.json package-lock.json ./
RUN npm ci
COPY . .
RUN npm run build && npm prune --omit=dev

FROM node:22-bookworm-slim
WORKDIR /kith
ENV NODE_ENV=production KITH_DATA_DIR=/data
COPY --from=build /kith/package.json ./
COPY --from=build /kith/node_modules ./node_modules
COPY --from=build /kith/dist ./dist
RUN mkdir /data && chown node /data
USER node
VOLUME /data
EXPOSE 3000
ENTRYPOINT ["node", "dist/src/main.js"]
CMD ["start"]
