/** Serves a few files on a port of this machine, as a storage account or a website would. */
import { once } from 'node:events';
import { createServer } from 'node:http';

export interface FileServer {
  /** Without a trailing slash. */
  readonly url: string;
  stop(): Promise<void>;
}

const contentTypes: Readonly<Record<string, string>> = { html: 'text/html', png: 'image/png' };

export async function fileServer(files: Readonly<Record<string, Buffer>>): Promise<FileServer> {
  const server = createServer((request, response) => {
    const path = request.url ?? '/';
    const content = files[path];
    const extension = path.split('.').at(-1) ?? '';
    const contentType = contentTypes[extension] ?? 'application/octet-stream';
    response.writeHead(content ? 200 : 404, { 'content-type': contentType }).end(content);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    async stop() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
