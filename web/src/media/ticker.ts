/** A worker that only ticks: browsers slow the timers of hidden pages down to one a second, and of workers not. */

const FRAMES_A_SECOND = 15;

setInterval(() => {
  postMessage(0);
}, 1000 / FRAMES_A_SECOND);

export {};
