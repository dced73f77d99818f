// Serves one handler from several processes; what the bench wants stands in the file PEER_CONFIG.
import cluster from 'node:cluster';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';

export const wanted = JSON.parse(readFileSync(process.env.PEER_CONFIG, 'utf8'));

export function serve(handler) {
  if (cluster.isPrimary) {
    for (let worker = 0; worker < wanted.workers; worker += 1) cluster.fork();
    return;
  }
  const server = createServer(handler());
  server.keepAliveTimeout = 0; // the askers rest between phases, and keep their connections
  server.listen(wanted.port, '127.0.0.1');
}
