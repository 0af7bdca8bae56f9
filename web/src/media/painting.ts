/** What the test picture shows: drifting light, rings that spread like a broadcast, and a clock to see the delay by. */

const LIGHTS = [
  { hue: 165, speed: 0.21, phase: 0, size: 0.72 },
  { hue: 205, speed: 0.16, phase: 2.1, size: 0.64 },
  { hue: 35, speed: 0.13, phase: 4.2, size: 0.5 },
] as const;
const RINGS = 4;
const RING_SECONDS = 4;
const FONT = 'system-ui, sans-serif';

export function paint(context: CanvasRenderingContext2D, name: string, now: Date): void {
  const { width, height } = context.canvas;
  const seconds = now.getTime() / 1000;
  context.fillStyle = '#0c1b1a';
  context.fillRect(0, 0, width, height);
  for (const light of LIGHTS) glow(context, light, seconds);
  rings(context, seconds);
  words(context, name, now);
}

function glow(context: CanvasRenderingContext2D, light: (typeof LIGHTS)[number], seconds: number): void {
  const { width, height } = context.canvas;
  const turn = seconds * light.speed * 2 + light.phase;
  const x = width * (0.5 + 0.34 * Math.cos(turn));
  const y = height * (0.5 + 0.34 * Math.sin(turn * 1.3));
  const gradient = context.createRadialGradient(x, y, 0, x, y, width * light.size);
  gradient.addColorStop(0, `hsl(${light.hue} 70% 46% / 0.75)`);
  gradient.addColorStop(1, `hsl(${light.hue} 70% 30% / 0)`);
  context.fillStyle = gradient;
  context.fillRect(0, 0, width, height);
}

function rings(context: CanvasRenderingContext2D, seconds: number): void {
  const { width, height } = context.canvas;
  context.lineWidth = 2;
  for (let ring = 0; ring < RINGS; ring += 1) {
    const age = (seconds / RING_SECONDS + ring / RINGS) % 1;
    context.strokeStyle = `rgb(255 255 255 / ${0.5 * (1 - age)})`;
    context.beginPath();
    context.arc(width / 2, height * 0.42, 20 + age * height * 0.7, 0, 2 * Math.PI);
    context.stroke();
  }
  context.fillStyle = '#fff';
  context.beginPath();
  context.arc(width / 2, height * 0.42, 12 + 2 * Math.sin(seconds * 4), 0, 2 * Math.PI);
  context.fill();
}

function words(context: CanvasRenderingContext2D, name: string, now: Date): void {
  const { width, height } = context.canvas;
  const tenths = String(Math.floor(now.getMilliseconds() / 100));
  const clock = [now.getHours(), now.getMinutes(), now.getSeconds()].map((part) => String(part).padStart(2, '0'));
  context.textAlign = 'center';
  context.fillStyle = '#fff';
  context.font = `600 ${height / 9}px ${FONT}`;
  context.fillText(`${clock.join(':')}.${tenths}`, width / 2, height * 0.8, width * 0.9);
  context.fillStyle = 'rgb(255 255 255 / 0.8)';
  context.font = `400 ${height / 18}px ${FONT}`;
  context.fillText(name, width / 2, height * 0.91, width * 0.9);
}
