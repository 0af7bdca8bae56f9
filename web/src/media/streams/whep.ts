/** WHEP: WebRTC from a server, less than a second behind (draft-ietf-wish-whep). */

import type { Play } from './playing';

/** Servers have addresses of their own; ours are known within this time, or are not needed. */
const GATHERING_MS = 1000;

export function player(): Play | null {
  return typeof RTCPeerConnection === 'undefined' ? null : play;
}

const play: Play = (video, url, failed) => {
  const connection = new RTCPeerConnection();
  const stream = new MediaStream();
  let session = '';
  let closed = false;
  const end = () => {
    if (!closed) failed();
  };
  connection.addTransceiver('video', { direction: 'recvonly' });
  connection.addTransceiver('audio', { direction: 'recvonly' });
  connection.addEventListener('track', ({ track }) => {
    stream.addTrack(track);
    video.srcObject = stream;
  });
  connection.addEventListener('connectionstatechange', () => {
    if (['failed', 'disconnected', 'closed'].includes(connection.connectionState)) end();
  });

  async function open(): Promise<void> {
    await connection.setLocalDescription();
    await gathered(connection);
    const asked = url();
    const reply = await fetch(asked, {
      method: 'POST',
      headers: { 'content-type': 'application/sdp' },
      body: connection.localDescription?.sdp ?? '',
    });
    if (!reply.ok) throw new Error(`WHEP: ${reply.status}`);
    const where = reply.headers.get('location');
    if (where) session = new URL(where, asked).href;
    const sdp = await reply.text();
    if (closed) leave();
    else await connection.setRemoteDescription({ type: 'answer', sdp });
  }

  function leave(): void {
    if (session) void fetch(session, { method: 'DELETE', keepalive: true }).catch(() => undefined);
  }

  void open().catch(end);
  return {
    delay: () => null,
    close: () => {
      closed = true;
      connection.close();
      video.srcObject = null;
      leave();
    },
  };
};

function gathered(connection: RTCPeerConnection): Promise<void> {
  if (connection.iceGatheringState === 'complete') return Promise.resolve();
  return new Promise((resolve) => {
    setTimeout(resolve, GATHERING_MS);
    connection.addEventListener('icegatheringstatechange', () => {
      if (connection.iceGatheringState === 'complete') resolve();
    });
  });
}
