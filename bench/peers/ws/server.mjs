// The tutorial's chat on node `ws`, tuned as its experts do it.
//
//   node server.mjs PORT           one write per message and socket
//   node server.mjs PORT --gather  all messages of one turn of the event loop in one write per socket
//
// The frame is built once per message with ws's own Sender.frame and written to each client's
// socket directly, which skips the per-client framing, queueing and callbacks of ws.send() and is
// 10-20 % cheaper. No compression, no UTF-8 check, no client set of ws's own. ws turns Nagle's
// algorithm off by itself.
import { createServer } from "node:http";
import { Sender, WebSocketServer } from "ws";

const port = Number(process.argv[2]);
const gather = process.argv.includes("--gather");
const BEFORE = Buffer.from('{"type":1,"body":"');
const AFTER = Buffer.from('"}\n');

const sockets = []; // dense, for the walk of a broadcast

function write(bytes) {
    for (let i = 0; i < sockets.length; i++) sockets[i].write(bytes);
}

let waiting = [];
function flush() {
    const bytes = waiting.length === 1 ? waiting[0] : Buffer.concat(waiting);
    waiting = [];
    write(bytes);
}

function frame(body) {
    const text = Buffer.concat([BEFORE, body, AFTER]);
    const options = { fin: true, rsv1: false, opcode: 1, mask: false, readOnly: true };
    return Buffer.concat(Sender.frame(text, options));
}

function onMessage(body) {
    const bytes = frame(body);
    if (!gather) {
        write(bytes);
        return;
    }
    // The check phase comes after the poll phase: by then every readable socket has been read.
    if (waiting.push(bytes) === 1) setImmediate(flush);
}

function onEcho(body, binary) {
    this.send(body, { binary });
}

const wss = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    skipUTF8Validation: true,
    clientTracking: false,
    maxPayload: 1 << 20,
});

function join(ws) {
    const socket = ws._socket;
    socket.place = sockets.length;
    sockets.push(socket);
    ws.on("message", onMessage);
    ws.on("error", () => {});
    ws.on("close", () => {
        const last = sockets.pop();
        if (last === socket) return;
        last.place = socket.place;
        sockets[socket.place] = last;
    });
}

const server = createServer((request, response) => {
    response.writeHead(404);
    response.end();
});
server.on("upgrade", (request, socket, head) => {
    wss.handleUpgrade(request, socket, head, (ws) => {
        if (request.url === "/echo") {
            ws.on("message", onEcho);
            ws.on("error", () => {});
        } else {
            join(ws);
        }
    });
});
server.listen({ port, host: "127.0.0.1", backlog: 4096 });
