import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { migrate } from '../ledger/migrate.ts';
import { projectRoot } from './home.ts';
import { freePort } from './ports.ts';
import { startPostgres } from './postgres.ts';

/**
 * `npm run schema:check [-- --write]`: what the migrations make of an empty database, against ledger/schema.sql. The
 * embedded Postgres ships without pg_dump, so the catalogue is asked: domains, columns, constraints and indexes, in their
 * order.
 */
const target = join(projectRoot, 'ledger', 'schema.sql');

const describe = `
select string_agg(line, E'\\n' order by position, line) || E'\\n' as schema from (
  select format('0|%s', t.typname) as position,
         format(E'\\ndomain %s %s %s', t.typname, format_type(t.typbasetype, t.typtypmod), pg_get_constraintdef(k.oid)) as line
  from pg_type t join pg_constraint k on k.contypid = t.oid and k.contype = 'c'
  where t.typnamespace = 'public'::regnamespace
  union all
  select format('%s|1', c.relname) as position, format(E'\\ntable %s', c.relname) as line
  from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and c.relname <> 'migrations'
  union all
  select format('%s|2|%s', c.relname, lpad(a.attnum::text, 3, '0')),
         format('  column %s %s%s%s', a.attname, format_type(a.atttypid, a.atttypmod),
                case when a.attnotnull then ' not null' else '' end,
                coalesce(' default ' || pg_get_expr(d.adbin, d.adrelid), ''))
  from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
  left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
  where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and c.relname <> 'migrations'
  union all
  select format('%s|3|%s', c.relname, k.conname), format('  constraint %s %s', k.conname, pg_get_constraintdef(k.oid))
  from pg_class c join pg_constraint k on k.conrelid = c.oid and k.contype <> 'n'
  where c.relnamespace = 'public'::regnamespace and c.relname <> 'migrations'
  union all
  select format('%s|4|%s', tablename, indexname), format('  index %s', indexdef)
  from pg_indexes where schemaname = 'public' and tablename <> 'migrations'
) described`;

async function schemaOfMigrations(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'stipend-schema-'));
  chmodSync(folder, 0o711);
  const postgres = await startPostgres({
    dataDir: join(folder, 'postgres', 'data'),
    port: await freePort(),
    throwAway: true,
  });
  try {
    await postgres.createDatabase('stipend');
    await migrate(postgres.url('stipend'));
    const client = new Client({ connectionString: postgres.url('stipend') });
    await client.connect();
    const { rows } = await client.query<{ schema: string }>(describe);
    await client.end();
    return `-- Written by npm run schema:check -- --write; the migrations are the source.\n${rows[0]?.schema ?? ''}`;
  } finally {
    await postgres.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

const actual = await schemaOfMigrations();
if (process.argv.includes('--write')) {
  writeFileSync(target, actual);
  console.log(`${target}: written`);
} else if (readFileSync(target, 'utf8') === actual) {
  console.log('ledger/schema.sql is what the migrations make.');
} else {
  console.error('ledger/schema.sql differs from the migrations. Run: npm run schema:check -- --write');
  process.exitCode = 1;
}
process.exit();
