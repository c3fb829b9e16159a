import {defineConfig, loadEnv, type Plugin} from 'vite';

// The page works wherever its files are mounted: every address in it is relative.
// `npm run dev` needs a server to talk to: ORDINAUT_URL names it.
const server = loadEnv('', '.', 'ORDINAUT_').ORDINAUT_URL ?? 'http://127.0.0.1:8080';
const api = ['tasks', 'runs', 'schedules', 'pipelines', 'agents', 'queue', 'admin', 'workers', 'stream', 'extensions', 'tools', 'health'];

// A policy the page carries with it, whoever serves it. Only in the build: the development server puts styles into the page.
const kPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'";
const policy: Plugin = {
  name: 'policy',
  apply: 'build',
  transformIndexHtml: () => [{tag: 'meta', attrs: {'http-equiv': 'Content-Security-Policy', content: kPolicy}, injectTo: 'head-prepend'}],
};

export default defineConfig({
  base: './',
  plugins: [policy],
  build: {
    target: 'es2022',
    assetsInlineLimit: 0,
    modulePreload: {polyfill: false},
    chunkSizeWarningLimit: 600,
  },
  server: {proxy: Object.fromEntries(api.map((name) => [`/${name}`, server]))},
});
