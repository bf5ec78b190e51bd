import { spawnSync } from 'node:child_process';
import { chownSync, mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from 'pg';

/** What a copy of a running cluster must not hold: who ran it, and its write-ahead log as it was half-way. */
const leftOut = ['./postmaster.pid', './postmaster.opts', './pg_wal/*', './pg_replslot/*'];

function run(command: string, args: readonly string[], mayFailWith: readonly number[] = []): void {
  const { status, stderr } = spawnSync(command, args, { encoding: 'utf8' });
  if (status === 0 || (status !== null && mayFailWith.includes(status))) return;
  throw new Error(`${command} ${args.join(' ')} failed: ${stderr}`);
}

/**
 * A backup of a cluster that goes on taking commits, by the low-level interface of Postgres (manual, 25.3.4): the files as they
 * come, then the log from the backup's start to its end, which makes them whole. The embedded package has neither
 * pg_basebackup nor pg_dump; where they are, they do the same.
 */
export async function takeBaseBackup(databaseUrl: string, dataDir: string, target: string): Promise<void> {
  // The backup lasts as long as its connection.
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await client.query("select pg_backup_start('stipend', true)");
    mkdirSync(target, { recursive: true });
    const excluded = leftOut.map((pattern) => `--exclude=${pattern}`);
    const archive = join(target, '..', 'copied.tar');
    // 1: a file changed or vanished while it was read, which the log makes good.
    run('tar', ['--create', `--file=${archive}`, `--directory=${dataDir}`, ...excluded, '.'], [1]);
    const { rows } = await client.query<{ labelfile: string }>('select labelfile from pg_backup_stop(false)');
    run('tar', [
      '--extract',
      '--same-owner',
      '--preserve-permissions',
      `--file=${archive}`,
      `--directory=${target}`,
    ]);
    rmSync(archive);
    run('cp', ['-a', `${join(dataDir, 'pg_wal')}/.`, join(target, 'pg_wal')]);
    const label = join(target, 'backup_label');
    writeFileSync(label, rows[0]?.labelfile ?? '', { mode: 0o600 });
    const { uid, gid } = statSync(dataDir);
    chownSync(label, uid, gid);
  } finally {
    await client.end();
  }
}

/** Puts a backup where a cluster was that is lost. */
export function restoreBaseBackup(backup: string, dataDir: string): void {
  rmSync(dataDir, { recursive: true, force: true });
  run('cp', ['-a', backup, dataDir]);
}
