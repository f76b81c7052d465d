# syntax=docker/dockerfile:1
# Three stages: the front end, the binary, and an image that holds the binary alone and runs as nobody.
FROM node:22-bookworm-slim AS ui
WORKDIR /src/frontend
COPY frontend/package.json frontend/package-lock.json ./
RUN npm ci --no-fund --no-audit
COPY frontend/ ./
COPY signaling/testdata /src/signaling/testdata
RUN npm run build

FROM golang:1.26-bookworm AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
COPY --from=ui /src/frontend/dist ./frontend/dist
ARG VERSION=dev
RUN CGO_ENABLED=0 go build -trimpath -ldflags "-s -w -X main.version=${VERSION}" -o /samtale ./cmd/samtale \
 && mkdir -p /data

FROM gcr.io/distroless/static-debian12:nonroot
COPY --from=build /samtale /samtale
COPY --from=build --chown=nonroot:nonroot /data /data
ENV SAMTALE_DATA_DIR=/data
VOLUME /data
EXPOSE 8080/tcp 7882/udp 7882/tcp 3478/udp 3478/tcp
ENTRYPOINT ["/samtale"]
CMD ["serve"]
