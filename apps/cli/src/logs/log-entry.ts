import type { Colors } from 'picocolors/types.js';

/** The least first. */
export const LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const;

export type Level = (typeof LEVELS)[number];

export interface LogEntry {
  readonly timeMs: number;
  readonly level: Level;
  readonly service: string;
  readonly message: string;
  /** What else the line says. */
  readonly fields: Readonly<Record<string, unknown>>;
}

const SERVICE = 14;

/** A line of a service's log. What is no JSON is not the service's own (a runtime's warning, a crash): a warning at the time of the line before. */
export function logEntry(line: string, before: { readonly service: string; readonly timeMs: number }): LogEntry {
  try {
    const { time, level, service, msg, ...fields } = JSON.parse(line) as Record<string, unknown>;
    if (typeof time === 'number') {
      return { timeMs: time, level: LEVELS.find((each) => each === level) ?? 'info', service: typeof service === 'string' ? service : before.service, message: typeof msg === 'string' ? msg : '', fields };
    }
  } catch {
    // It is text.
  }
  return { ...before, level: 'warn', message: line, fields: {} };
}

export const isAtLeast = (level: Level) => (entry: LogEntry): boolean => LEVELS.indexOf(entry.level) >= LEVELS.indexOf(level);

/** One line, with the stack of an error below it. */
export function entryText({ timeMs, level, service, message, fields }: LogEntry, colors: Colors): string {
  const colored = { trace: colors.dim, debug: colors.dim, info: colors.green, warn: colors.yellow, error: colors.red, fatal: colors.bgRed }[level];
  const { err, ...others } = fields;
  const stack = (err as { readonly stack?: unknown } | undefined)?.stack;
  const said = Object.entries(others).map(([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`).join(' ');
  const time = timeMs === 0 ? ' '.repeat(12) : new Date(timeMs).toISOString().slice(11, 23);
  const head = `${colors.dim(time)} ${colored(level.toUpperCase().padEnd(5))} ${colors.cyan(service.padEnd(SERVICE))} ${message}${said === '' ? '' : ` ${colors.dim(said)}`}`;
  return typeof stack === 'string' ? `${head}\n${colors.dim(stack.replace(/^/gm, '    '))}` : head;
}

/** The entry as a line of JSON with the services' own keys. */
export const entryJson = ({ timeMs, level, service, message, fields }: LogEntry): string => JSON.stringify({ time: timeMs, level, service, ...fields, msg: message });
