declare module '*.vue' {
  import type { DefineComponent } from 'vue';

  const component: DefineComponent;
  export default component;
}

/** The part of hls.js without captions, encryption and other sounds has no declarations of its own. */
declare module 'hls.js/light' {
  export { default } from 'hls.js';
}
