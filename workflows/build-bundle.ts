import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { DefaultLogger, bundleWorkflowCode } from '@temporalio/worker';

/** Bundles the workflows once at build time, so that a production worker starts without webpack. */
const { code } = await bundleWorkflowCode({
  workflowsPath: fileURLToPath(new URL('./index.js', import.meta.url)),
  logger: new DefaultLogger('WARN'),
});
const target = fileURLToPath(new URL('../workflow-bundle.js', import.meta.url));
writeFileSync(target, code);
console.log(`${target}: ${Math.round(code.length / 1024)} kB`);
