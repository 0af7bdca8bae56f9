import './console.css';

import { createApp } from 'vue';

import { placeOf } from '../place';
import ConsoleApp from './ConsoleApp.vue';
import { askPassword } from './composables/useConfirm';
import { CONSOLE, makeConsole } from './composables/useConsole';
import { openLink } from './links';
import { makeRouter } from './router';

const base = document.querySelector<HTMLMetaElement>('meta[name="liveroom-base"]')?.content;
const { root } = placeOf(window.location, base);
openLink(window.location, window.history, root);
const seen = makeConsole(root, askPassword);

createApp(ConsoleApp).provide(CONSOLE, seen).use(makeRouter(root, seen)).mount('#app');
