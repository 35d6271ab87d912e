import type { Logger } from '@serendip/platform-logging';

const hardStopMs = 10_000;

/** On the first SIGTERM or SIGINT, or when the supervisor that started this process is gone, closes and exits with 0; with 1 when closing fails or takes longer than 10 s. More signals change nothing. */
export function onShutdown(close: () => Promise<void>, logger: Logger): void {
  let stopping = false;
  const stop = (signal: NodeJS.Signals | 'disconnect'): void => {
    if (stopping) return;
    stopping = true;
    logger.info({ signal }, 'Stopping.');
    setTimeout(() => {
      logger.error({ hardStopMs }, 'Stopped hard: closing took too long.');
      process.exit(1);
    }, hardStopMs).unref();
    close().then(
      () => process.exit(0),
      (err: unknown) => {
        logger.error({ err }, 'Closing failed.');
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  process.once('disconnect', () => stop('disconnect'));
}
