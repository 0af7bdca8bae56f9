// The JavaScript SDK in a browser: commands and answers go through a WebSocket to whoever served the page.
import { Clients } from './clients.js';

const line = new WebSocket(`ws://${location.host}/line`);
const clients = new Clients(window.builds, {}, (said) => line.send(JSON.stringify(said)));
line.onmessage = ({ data }) => clients.obey(JSON.parse(data));
