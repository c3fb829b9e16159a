import {defineConfig, loadEnv} from 'vite';

// The page works wherever its files are mounted: every address in it is relative.
// `npm run dev` needs a server to talk to: ORDINAUT_URL names it.
const server = loadEnv('', '.', 'ORDINAUT_').ORDINAUT_URL ?? 'http://127.0.0.1:8080';
const api = ['tasks', 'runs', 'schedules', 'pipelines', 'agents', 'queue', 'admin', 'workers', 'stream', 'extensions', 'tools', 'health'];

export default defineConfig({
  base: './',
  build: {
    target: 'es2022',
    assetsInlineLimit: 0,
    modulePreload: {polyfill: false},
    chunkSizeWarningLimit: 600,
  },
  server: {proxy: Object.fromEntries(api.map((name) => [`/${name}`, server]))},
});
