/**
 * A visit of the live page in Firefox: `node visit.mjs PROGRAM URL ROOM`.
 *
 * Watches the room, then hosts a show of its own. Prints a line of JSON for each step; ends when its input does.
 */
import puppeteer from 'puppeteer-core';

const [program, url, room] = process.argv.slice(2);
const SECONDS = 30_000;
const say = (step, more = {}) => process.stdout.write(`${JSON.stringify({ step, ...more })}\n`);

const browser = await puppeteer.launch({
  browser: 'firefox',
  executablePath: program,
  headless: true,
  extraPrefsFirefox: {
    'media.autoplay.default': 0,
    'media.navigator.permission.disabled': true,
    'media.navigator.streams.fake': true,
    'media.peerconnection.ice.loopback': true,
    'media.peerconnection.ice.obfuscate_host_addresses': false,
    'network.http.speculative-parallel-limit': 0,
  },
});

const at = (name) => `[data-testid="${name}"]`;
/** The library's own handles wait for places in the layout that a busy Firefox reports late. */
const click = async (page, name) => {
  await page.waitForSelector(at(name), { timeout: SECONDS });
  await page.$eval(at(name), (it) => it.click());
};
const fill = async (page, name, text) => {
  await page.waitForSelector(at(name), { timeout: SECONDS });
  await page.focus(at(name));
  await page.$eval(at(name), (it) => (it.value = ''));
  await page.keyboard.type(text);
};

try {
  const page = await browser.newPage();
  await page.setViewport({ width: 1280, height: 800 });
  const problems = [];
  page.on('pageerror', (problem) => problems.push(String(problem)));
  await page.goto(`${url}/#/room/${room}`);
  await page.waitForFunction(
    () => [...document.querySelectorAll('[data-testid=remote-video]')].some((v) => v.videoWidth > 0 && v.currentTime > 1),
    { timeout: SECONDS },
  );
  say('watches', { browser: await browser.version() });
  await fill(page, 'chat-field', 'Hello from Firefox');
  await click(page, 'chat-send');
  await fill(page, 'nickname', 'Fay');
  await click(page, 'guest');
  await page.waitForFunction(
    () => [...document.querySelectorAll('[data-testid=message-text]')].some((it) => it.textContent === 'Hello from Firefox'),
    { timeout: SECONDS },
  );
  say('speaks');
  await page.goto(`${url}/#/live`);
  await click(page, 'source-test');
  await page.waitForFunction(() => document.querySelector('[data-testid=own-video]')?.videoWidth > 0, { timeout: SECONDS });
  await fill(page, 'title', 'From Firefox');
  await click(page, 'start');
  await page.waitForSelector(at('room'), { timeout: SECONDS });
  say('hosts', { room: page.url().split('/').at(-1), problems });
  await new Promise((resolve) => process.stdin.on('end', resolve).resume());
} catch (problem) {
  say('failed', { problem: String(problem?.stack ?? problem) });
} finally {
  await browser.close();
}
