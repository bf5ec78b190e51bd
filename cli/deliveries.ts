import { Command } from 'commander';
import { instant } from '../domain/instant.ts';
import { listDeliveries, resendDelivery } from '../ledger/delivery-log.ts';
import { type AppOptions, appOf, withAppOption, withLedger } from './database.ts';
import { Fault } from './fault.ts';
import { operator } from './operator.ts';
import { asTable } from './table.ts';
import { instantInWords } from './words.ts';

const statuses = ['pending', 'delivered', 'failed'] as const;
type Status = (typeof statuses)[number];

const isStatus = (text: string): text is Status => (statuses as readonly string[]).includes(text);

type ListOptions = AppOptions & {
  readonly status?: string;
  readonly webhook?: string;
  readonly limit: string;
};

async function list({ status, webhook, limit, ...options }: ListOptions): Promise<void> {
  if (status !== undefined && !isStatus(status))
    throw new Fault(`--status "${status}" is none; write ${statuses.join(', ')}.`);
  if (!/^\d{1,4}$/.test(limit)) throw new Fault(`--limit "${limit}" is not a number from 0 to 9999.`);
  await withLedger(options, async (ledger) => {
    const app = await appOf(ledger, options);
    const filter = { status: status ?? null, target: webhook ?? null, after: null, limit: Number(limit) };
    const found = await listDeliveries(ledger.pool, app.appId, filter);
    const rows = found.map((one) => [
      one.id,
      one.status,
      String(one.attempts),
      one.channel,
      one.event,
      instantInWords(instant(one.createdAt)),
      one.lastError ?? '',
    ]);
    console.log(asTable(['DELIVERY', 'STATUS', 'ATTEMPTS', 'CHANNEL', 'EVENT', 'SINCE', 'LAST ERROR'], rows));
  });
}

async function resend(id: string, options: AppOptions): Promise<void> {
  await withLedger(options, async (ledger) => {
    const { appId } = await appOf(ledger, options);
    if (!(await resendDelivery(ledger.pool, appId, id, operator())))
      throw new Fault(`The app has no delivery "${id}", or its endpoint is gone.`);
    console.log(`${id} is on its way again, under the same id.`);
  });
}

export const deliveryCommand = (): Command =>
  new Command('delivery')
    .description('What was sent to an app and its users, and what waits.')
    .addCommand(
      withAppOption(new Command('list'))
        .description('Lists deliveries, the newest first.')
        .option('--status <status>', `one of ${statuses.join(', ')}`)
        .option('--webhook <webhook>', 'those of one endpoint')
        .option('--limit <number>', 'how many', '50')
        .action(list),
    )
    .addCommand(
      withAppOption(new Command('resend'))
        .argument('<delivery>', 'its id, as the list shows it')
        .description('Sends one again, from now for another day.')
        .action(resend),
    );
