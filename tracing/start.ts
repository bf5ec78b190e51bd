/** Traces go to a collector where one is named, as OpenTelemetry's own variables say; else nothing of it is even loaded. */
export const isTracingAsked = (variables: NodeJS.ProcessEnv): boolean =>
  ['OTEL_EXPORTER_OTLP_ENDPOINT', 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT'].some(
    (name) => (variables[name] ?? '') !== '',
  );

/** Answers how to stop: what was not sent yet is sent then. */
export async function startTracing(
  serviceName: string,
  variables: NodeJS.ProcessEnv = process.env,
): Promise<() => Promise<void>> {
  if (!isTracingAsked(variables)) return async () => {};
  const { NodeSDK } = await import('@opentelemetry/sdk-node');
  // Metrics are Prometheus' business here and logs go to standard output.
  variables['OTEL_METRICS_EXPORTER'] ??= 'none';
  variables['OTEL_LOGS_EXPORTER'] ??= 'none';
  const sdk = new NodeSDK({ serviceName, instrumentations: [] });
  sdk.start();
  return () => sdk.shutdown().catch(() => {});
}
