// Runs ipx behind Node's HTTP server, as in its documentation, with one process for each processor.
import cluster from "node:cluster";
import { createServer } from "node:http";

if (cluster.isPrimary && process.env.PROCESSES !== "1") {
  for (let i = 0; i < Number(process.env.PROCESSES); i++) cluster.fork();
} else {
  const { createIPX, createIPXNodeServer, ipxHttpStorage } = await import("ipx");
  const ipx = createIPX({ httpStorage: ipxHttpStorage({ domains: [process.env.ORIGIN] }), storage: ipxHttpStorage({ domains: [process.env.ORIGIN] }) });
  createServer(createIPXNodeServer(ipx)).listen(Number(process.env.PORT), process.env.HOST);
}
