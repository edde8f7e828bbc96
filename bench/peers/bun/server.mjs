// The tutorial's chat on Bun, whose WebSocket server is uWebSockets (C++) with its own publish and
// subscribe. Uncompressed, no idle timeout, text in and out.
//
//   bun server.mjs PORT
const refused = new Response(null, { status: 404 });

const server = Bun.serve({
    port: Number(process.argv[2]),
    hostname: "127.0.0.1",
    fetch(request, server) {
        const echo = request.url.endsWith("/echo");
        if (server.upgrade(request, { data: { echo } })) return undefined;
        return refused;
    },
    websocket: {
        perMessageDeflate: false,
        idleTimeout: 0,
        sendPings: false,
        maxPayloadLength: 1 << 20,
        backpressureLimit: 8 << 20,
        open(ws) {
            if (!ws.data.echo) ws.subscribe("pool");
        },
        message(ws, body) {
            if (ws.data.echo) ws.send(body);
            else server.publish("pool", `{"type":1,"body":"${body}"}\n`, false);
        },
    },
});
