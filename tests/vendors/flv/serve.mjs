// Takes what nginx relays by RTMP, and serves it as FLV over HTTP: `node serve.mjs <RTMP port> <HTTP port> <folder>`.
// Who may watch, nginx asks before; so it listens on this machine alone, and its own administration is off.
import NodeMediaServer from "node-media-server";

const [rtmp, http, folder] = process.argv.slice(2);
new NodeMediaServer(
  {
    bind: "127.0.0.1",
    notify: { url: "" },
    store: { path: folder },
    auth: { play: false, publish: false, secret: "" },
    rtmp: { port: Number(rtmp) },
    http: { port: Number(http) },
    webadmin: { enable: false },
    record: { auto: false, path: folder },
  },
  `${folder}/config.json`,
).run();
