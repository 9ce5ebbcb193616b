// node duckdb_load.mjs LOG DATABASE OUT.csv: DuckDB's half of bench/run. Loads a BIND 9.18 query
// log into a table on disk with one regular expression, sorted as assay's rows are, and counts the
// same groups. DUCKDB_MODULES names the node_modules folder that holds @duckdb/node-api; one
// thread, so that CPU time is not spent on waiting for another.
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const [log, database, out] = process.argv.slice(2);
const modules = resolve(process.env.DUCKDB_MODULES ?? 'node_modules');
const entry = join(modules, '@duckdb/node-api/lib/index.js');
const { DuckDBInstance } = await import(pathToFileURL(entry).href);
const quoted = (text) => `'${text.replaceAll("'", "''")}'`;

const pattern = String.raw`^(\S+ \S+) queries: info: client @\S+ ([^#]+)#(\d+) \(\S+\): ` +
  String.raw`query: (\S+) (\S+) (\S+) (\S+) \(([^)]*)\)`;
const fields = "['moment', 'client', 'port', 'qname', 'qclass', 'qtype', 'flags', 'server']";

const instance = await DuckDBInstance.create(database, { threads: '1', memory_limit: '4GB' });
const connection = await instance.connect();
await connection.run(`
  create table lookup as
  select strptime(f.moment, '%d-%b-%Y %H:%M:%S.%g') as moment, f.client as client,
         f.port::usmallint as port, lower(f.qname) as qname, f.qclass as qclass,
         f.qtype as qtype, f.flags as flags, f.server as server
  from (select regexp_extract(line, ${quoted(pattern)}, ${fields}) as f
        from read_csv(${quoted(log)}, columns = {'line': 'varchar'}, header = false,
                      delim = '\x01', quote = '', escape = '', auto_detect = false))
  order by client, qname, moment`);
await connection.run(`
  copy (select client, qname, qtype, strftime(moment, '%Y-%m-%dT%H') as hour, count(*) as count
        from lookup group by all) to ${quoted(out)} (header false, quote '')`);
connection.closeSync();
