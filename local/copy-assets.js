// Part of `npm run build`: what the compiled programs read from disk beside their code.
import { cpSync } from 'node:fs';

cpSync('ledger/migrations', 'dist/ledger/migrations', { recursive: true });
