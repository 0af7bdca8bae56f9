// A Socket.IO server with its defaults: what is posted is emitted to every socket.
"use strict";
const { createServer } = require("http");
const { Server } = require("socket.io");

const server = createServer((request, response) => {
  const pieces = [];
  request.on("data", (piece) => pieces.push(piece));
  request.on("end", () => {
    sockets.emit("news", JSON.parse(Buffer.concat(pieces)));
    response.end('{"errorCode":0}');
  });
});
const sockets = new Server(server);
server.keepAliveTimeout = 0; // a burst may take longer than the five seconds after which an idle connection is ended
server.listen(Number(process.argv[2]), "127.0.0.1");
