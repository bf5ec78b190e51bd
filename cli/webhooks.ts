import { Command } from 'commander';
import { v7 as uuid } from 'uuid';
import { addressFault } from '../domain/webhook/address.ts';
import { type WebhookEvent, usualEvents, webhookEvents } from '../domain/webhook/events.ts';
import { queueTest } from '../ledger/delivery-log.ts';
import {
  changeEndpoint,
  createEndpoint,
  listEndpoints,
  mostEndpoints,
  removeEndpoint,
  rotateSecret,
} from '../ledger/webhook-endpoints.ts';
import { type AppOptions, appOf, withAppOption, withLedger } from './database.ts';
import { Fault } from './fault.ts';
import { operator } from './operator.ts';
import { spanOf } from './span.ts';
import { asTable } from './table.ts';

async function list(options: AppOptions): Promise<void> {
  await withLedger(options, async (ledger) => {
    const app = await appOf(ledger, options);
    const endpoints = await listEndpoints(ledger.pool, app.appId);
    const rows = endpoints.map(({ id, enabled, failures, events, url }) => [
      id,
      enabled ? 'on' : 'off',
      String(failures),
      events.join(','),
      url,
    ]);
    console.log(asTable(['WEBHOOK', 'STATE', 'FAILURES', 'EVENTS', 'URL'], rows));
  });
}

const isEvent = (name: string): name is WebhookEvent => (webhookEvents as readonly string[]).includes(name);

function eventsOf(names: readonly string[]): readonly WebhookEvent[] {
  const unknown = names.find((name) => !isEvent(name));
  if (unknown === undefined) return names.filter(isEvent);
  throw new Fault(`--event "${unknown}" is none; there are ${webhookEvents.join(', ')}.`);
}

async function add(url: string, options: AppOptions & { readonly event: readonly string[] }): Promise<void> {
  const events = eventsOf(options.event);
  await withLedger(options, async (ledger) => {
    const { appId, mode } = await appOf(ledger, options);
    const fault = addressFault(url, mode);
    if (fault !== null) throw new Fault(`The address ${fault}.`);
    const { seal } = ledger.secrets;
    const made = await createEndpoint(ledger.pool, appId, { url, events, enabled: true }, seal, operator());
    if (made === null) throw new Fault(`An app may have ${mostEndpoints} endpoints; remove one first.`);
    console.log(`${made.endpoint.id} ${made.secret}`);
    console.error('The secret is shown once.');
  });
}

const unknown = (id: string): Fault =>
  new Fault(`The app has no endpoint "${id}"; \`stipend webhook list\` shows those there are.`);

type Changes = {
  readonly url?: string;
  readonly event?: readonly string[];
  readonly enable?: boolean;
  readonly disable?: boolean;
};

/** What is asked for; null: nothing was said of it. */
function enabledBy({ enable, disable }: Changes): boolean | null {
  if (enable === true && disable === true) throw new Fault('Say --enable or --disable, not both.');
  return enable === true ? true : disable === true ? false : null;
}

async function change(id: string, options: AppOptions & Changes): Promise<void> {
  const enabled = enabledBy(options);
  const events = options.event === undefined ? null : eventsOf(options.event);
  if (options.url === undefined && events === null && enabled === null)
    throw new Fault('Say what is to change: --url, --event, --enable or --disable.');
  await withLedger(options, async (ledger) => {
    const { appId, mode } = await appOf(ledger, options);
    const before = (await listEndpoints(ledger.pool, appId)).find((endpoint) => endpoint.id === id);
    if (before === undefined) throw unknown(id);
    const wanted = {
      url: options.url ?? before.url,
      events: events ?? before.events,
      enabled: enabled ?? before.enabled,
    };
    const fault = addressFault(wanted.url, mode);
    if (fault !== null) throw new Fault(`The address ${fault}.`);
    const after = await changeEndpoint(ledger.pool, appId, id, wanted, operator());
    if (after === null) throw unknown(id);
    console.log(`${id} ${after.enabled ? 'on' : 'off'} ${after.events.join(',')} ${after.url}`);
  });
}

async function rotate(id: string, options: AppOptions & { readonly overlap: string }): Promise<void> {
  const overlapMs = spanOf('--overlap', options.overlap);
  await withLedger(options, async (ledger) => {
    const { appId } = await appOf(ledger, options);
    const made = await rotateSecret(ledger.pool, appId, id, overlapMs, ledger.secrets.seal, operator());
    if (made === null) throw unknown(id);
    console.log(made.secret);
    console.error('The secret is shown once. Messages carry both signatures for the overlap.');
  });
}

async function sendTest(id: string, options: AppOptions): Promise<void> {
  await withLedger(options, async (ledger) => {
    const { appId } = await appOf(ledger, options);
    const delivery = await queueTest(ledger.pool, appId, id, `msg_test_${uuid()}`, operator());
    if (delivery === null) throw unknown(id);
    console.log(delivery);
    console.error('On its way; `stipend delivery list` says what became of it.');
  });
}

async function remove(id: string, options: AppOptions): Promise<void> {
  await withLedger(options, async (ledger) => {
    const { appId } = await appOf(ledger, options);
    if (!(await removeEndpoint(ledger.pool, appId, id, operator()))) throw unknown(id);
    console.log(`${id} is gone; what waited for it is given up.`);
  });
}

const ofEndpoint = (name: string): Command =>
  withAppOption(new Command(name)).argument('<webhook>', 'its id, as the list shows it');

export const webhookCommand = (): Command =>
  new Command('webhook')
    .description('The endpoints that an app receives events at.')
    .addCommand(
      withAppOption(new Command('list')).description('Lists endpoints; never a secret.').action(list),
    )
    .addCommand(
      withAppOption(new Command('add'))
        .argument('<url>', 'where events are sent')
        .description('Adds an endpoint and shows its id and its secret, once.')
        .option('--event <events...>', `some of ${webhookEvents.join(', ')}`, [...usualEvents])
        .action(add),
    )
    .addCommand(
      ofEndpoint('change')
        .description('Changes an endpoint; what is left out stays, its secret too.')
        .option('--url <url>', 'where events are sent')
        .option('--event <events...>', 'the only events it is sent')
        .option('--enable', 'sends to it again, at once')
        .option('--disable', 'sends it nothing until it is enabled')
        .action(change),
    )
    .addCommand(
      ofEndpoint('rotate')
        .description('Makes a new secret; the one before it signs on for the overlap.')
        .option('--overlap <span>', 'how long', 'PT24H')
        .action(rotate),
    )
    .addCommand(ofEndpoint('test').description('Sends a message of type test.').action(sendTest))
    .addCommand(ofEndpoint('remove').description('Removes an endpoint.').action(remove));
