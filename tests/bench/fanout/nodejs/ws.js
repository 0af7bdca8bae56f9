// The broadcast server of the `ws` package's documentation: what is posted is sent to every socket.
"use strict";
const { createServer } = require("http");
const { WebSocket, WebSocketServer } = require("ws");

const server = createServer((request, response) => {
  const pieces = [];
  request.on("data", (piece) => pieces.push(piece));
  request.on("end", () => {
    const data = Buffer.concat(pieces);
    for (const client of sockets.clients) {
      if (client.readyState === WebSocket.OPEN) client.send(data, { binary: false });
    }
    response.end('{"errorCode":0}');
  });
});
const sockets = new WebSocketServer({ server });
server.keepAliveTimeout = 0; // a burst may take longer than the five seconds after which an idle connection is ended
server.listen(Number(process.argv[2]), "127.0.0.1");
