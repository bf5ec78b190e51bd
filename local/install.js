// Runs before start, test and demo, so it must work with nothing installed: plain JavaScript, no dependencies.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const stamp = join(root, 'node_modules', '.stipend-lockfile');
const [major, minor] = process.versions.node.split('.').map(Number);

if (major < 20 || (major === 20 && minor < 19)) {
  console.error(
    `Stipend needs Node 20.19 or newer; this is ${process.version}. Install a newer Node and run again.`,
  );
  process.exit(1);
}

const lockfile = createHash('sha256')
  .update(readFileSync(join(root, 'package-lock.json')))
  .digest('hex');
const isInstalled = existsSync(join(root, 'node_modules', '.package-lock.json'));
const installedFrom = existsSync(stamp) ? readFileSync(stamp, 'utf8') : null;

if (!isInstalled || (installedFrom !== null && installedFrom !== lockfile)) {
  console.log('Installing dependencies (npm ci)…');
  const { status } = spawnSync('npm', ['ci'], {
    cwd: root,
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  if (status !== 0) {
    console.error('npm ci failed; its message above says why. Mend that and run again.');
    process.exit(1);
  }
}
if (installedFrom !== lockfile) writeFileSync(stamp, lockfile);
