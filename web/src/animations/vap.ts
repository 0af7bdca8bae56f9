/** VAP: a video whose pictures carry their transparency beside the colours. Both are put together by WebGL. */

import { fetched } from './fetched';
import type { Player } from './play';
import { type Area, layoutOf, partOf, type VapLayout } from './vapfile';
import { run } from './video';

const PLACE = `
attribute vec2 corner;
uniform vec4 colours, alpha;
varying vec2 atColour, atAlpha;
void main() {
  vec2 part = vec2((corner.x + 1.0) / 2.0, (1.0 - corner.y) / 2.0);
  atColour = colours.xy + part * colours.zw;
  atAlpha = alpha.xy + part * alpha.zw;
  gl_Position = vec4(corner, 0.0, 1.0);
}`;
const PAINT = `
precision mediump float;
uniform sampler2D video;
varying vec2 atColour, atAlpha;
void main() {
  float shown = texture2D(video, atAlpha).r;
  gl_FragColor = vec4(texture2D(video, atColour).rgb * shown, shown);
}`;
const CORNERS = new Float32Array([-1, -1, 1, -1, -1, 1, 1, 1]);

export const playVap: Player = async (box, url, playing) => {
  const file = await fetched(url, playing.signal);
  const layout = layoutOf(file);
  const canvas = document.createElement('canvas');
  const video = document.createElement('video');
  video.className = 'unseen';
  box.append(canvas, video);
  const address = URL.createObjectURL(new Blob([file], { type: 'video/mp4' }));
  const { draw, stop } = painter(canvas, layout);
  const cancel = onFrames(video, () => {
    draw(video);
  });
  try {
    await run(video, address, playing);
  } finally {
    cancel();
    stop();
    URL.revokeObjectURL(address);
  }
};

/** Call for each picture of a video, until the function that is returned is called. */
function onFrames(video: HTMLVideoElement, seen: () => void): () => void {
  const exact = 'requestVideoFrameCallback' in video;
  let over = false;
  const wait = () => {
    if (over) return;
    if (exact) video.requestVideoFrameCallback(next);
    else requestAnimationFrame(next);
  };
  const next = () => {
    if (!over && video.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA) seen();
    wait();
  };
  wait();
  return () => {
    over = true;
  };
}

function painter(canvas: HTMLCanvasElement, layout: VapLayout) {
  [canvas.width, canvas.height] = [layout.width, layout.height];
  const gl = canvas.getContext('webgl', { premultipliedAlpha: true });
  if (!gl) throw new Error('no WebGL');
  const program = programOf(gl);
  gl.useProgram(program);
  gl.bindBuffer(gl.ARRAY_BUFFER, gl.createBuffer());
  gl.bufferData(gl.ARRAY_BUFFER, CORNERS, gl.STATIC_DRAW);
  const corner = gl.getAttribLocation(program, 'corner');
  gl.enableVertexAttribArray(corner);
  gl.vertexAttribPointer(corner, 2, gl.FLOAT, false, 0, 0);
  const place = (name: string, area: Area) => {
    gl.uniform4f(gl.getUniformLocation(program, name), ...partOf(area, layout));
  };
  place('colours', layout.colours);
  place('alpha', layout.alpha);
  bindTexture(gl);
  return {
    draw: (video: HTMLVideoElement) => {
      gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGB, gl.RGB, gl.UNSIGNED_BYTE, video);
      gl.drawArrays(gl.TRIANGLE_STRIP, 0, CORNERS.length / 2);
    },
    // A page may have a few contexts only, and whoever asks for one more loses the oldest.
    stop: () => gl.getExtension('WEBGL_lose_context')?.loseContext(),
  };
}

function bindTexture(gl: WebGLRenderingContext): void {
  gl.bindTexture(gl.TEXTURE_2D, gl.createTexture());
  for (const side of [gl.TEXTURE_WRAP_S, gl.TEXTURE_WRAP_T]) gl.texParameteri(gl.TEXTURE_2D, side, gl.CLAMP_TO_EDGE);
  for (const way of [gl.TEXTURE_MIN_FILTER, gl.TEXTURE_MAG_FILTER]) gl.texParameteri(gl.TEXTURE_2D, way, gl.LINEAR);
}

function programOf(gl: WebGLRenderingContext): WebGLProgram {
  const program = gl.createProgram();
  for (const [kind, source] of [
    [gl.VERTEX_SHADER, PLACE],
    [gl.FRAGMENT_SHADER, PAINT],
  ] as const) {
    const shader = gl.createShader(kind);
    if (!shader) throw new Error('WebGL is lost');
    gl.shaderSource(shader, source);
    gl.compileShader(shader);
    gl.attachShader(program, shader);
  }
  gl.linkProgram(program);
  if (!gl.getProgramParameter(program, gl.LINK_STATUS)) throw new Error(gl.getProgramInfoLog(program) ?? 'WebGL');
  return program;
}
