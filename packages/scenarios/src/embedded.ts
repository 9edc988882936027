// What `gatehouse compare` runs on when it is given nothing: nginx serving static files under load, and a policy for
// it. The trace is the master's and the worker's share of a recording, up to its 1,500th request, and their end.

export const nginxPolicy = new URL("../data/nginx.gate", import.meta.url);

/** `perf script` text, gzipped. */
export const nginxTrace = new URL("../data/nginx.perf.txt.gz", import.meta.url);
