/**
 * Owns what the doctor sees of the machine: whether a server runs, whether the port is free, who may read and write our files, how
 * much room the disk has. It looks and changes nothing; each finding that is wrong says what to do.
 */

import { accessSync, constants, existsSync, statfsSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, resolve } from 'node:path';
import type { Config } from '../config.ts';
import { secretKeyPath } from '../secret-key.ts';
import { isRoleHeld } from '../store/sqlite/role.ts';
import type { Finding } from './doctor.ts';

const IN_MEMORY = ':memory:';
const MIB = 1024 * 1024;
/** Below this the database may soon refuse orders. */
const LITTLE_ROOM = 100 * MIB;
const ENOUGH_ROOM = 1024 * MIB;

export async function machine(config: Config): Promise<Finding[]> {
  const running = server(config);
  return [running.finding, await port(config, running.runs), ...rights(config), ...room(config)];
}

function server({ databasePath }: Config): { readonly runs: boolean; readonly finding: Finding } {
  try {
    const runs = isRoleHeld(databasePath);
    const text = runs ? `one is running on ${databasePath}` : 'none is running; npm start starts it';
    return { runs, finding: { mark: 'ok', text: `Server: ${text}` } };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    const text = `Server: ${databasePath}.lock cannot be read (${why}). Give it to the user that runs Jaza: chown`;
    return { runs: false, finding: { mark: 'wrong', text } };
  }
}

/** With a server on our database the port is taken by it, as it should be. */
async function port({ http }: Config, runs: boolean): Promise<Finding> {
  const where = `${http.host}:${http.port}`;
  if (http.port === 0) return { mark: 'ok', text: 'Port: a free one is taken at the start' };
  const obstacle = await whyNotListen(http.host, http.port);
  if (obstacle === null) {
    return runs
      ? { mark: 'note', text: `Port: nobody listens on ${where}, though a server runs: it was started with another HTTP_PORT` }
      : { mark: 'ok', text: `Port: ${where} is free` };
  }
  if (obstacle === 'EADDRINUSE' && runs) return { mark: 'ok', text: `Port: ${where} is in use, by the running server` };
  return {
    mark: 'wrong',
    text: `Port: ${where} cannot be used. ${PORT_ADVICE[obstacle] ?? `(${obstacle}) Set another HTTP_PORT.`}`,
  };
}

const PORT_ADVICE: Readonly<Record<string, string>> = {
  EADDRINUSE: 'Another program listens there: stop it, or set another HTTP_PORT, as in HTTP_PORT=3001.',
  EACCES: 'This user may not listen there: set HTTP_PORT to 1024 or more, behind a proxy.',
  EADDRNOTAVAIL: 'This machine has no such address: set HTTP_HOST=127.0.0.1.',
  ENOTFOUND: 'No machine has this name: set HTTP_HOST=127.0.0.1.',
};

/** The error's code; null: it can be listened there. */
function whyNotListen(host: string, at: number): Promise<string | null> {
  return new Promise((done) => {
    const attempt = createServer();
    attempt.once('error', (error: NodeJS.ErrnoException) => done(error.code ?? error.message));
    attempt.listen(at, host, () => attempt.close(() => done(null)));
  });
}

/** Whoever can read the key and the database can read what customers wrote. */
function rights(config: Config): Finding[] {
  const { databasePath } = config;
  if (databasePath === IN_MEMORY) return [];
  const found: Finding[] = [];
  const folder = nearestFolder(databasePath);
  if (!may(folder, constants.W_OK | constants.X_OK))
    found.push({ mark: 'wrong', text: `Folder: ${folder} cannot be written. Give it to the user that runs Jaza: chown` });
  const key = secretKeyPath(config);
  if (key !== null && existsSync(key)) found.push(...privacy(key, 'Secret key', 'wrong'));
  if (existsSync(databasePath)) found.push(...privacy(databasePath, 'Database', 'note'));
  return found.length === 0
    ? [{ mark: 'ok', text: `Files: ${folder} can be written, and nobody else reads what is secret` }]
    : found;
}

function privacy(path: string, what: string, mark: 'note' | 'wrong'): Finding[] {
  if (!may(path, constants.R_OK))
    return [{ mark: 'wrong', text: `${what}: ${path} cannot be read. Give it to the user that runs Jaza: chown` }];
  const open = (statSync(path).mode & 0o077) !== 0;
  return open ? [{ mark, text: `${what}: other users of this machine may read ${path}. Close it: chmod 600 ${path}` }] : [];
}

function room({ databasePath }: Config): Finding[] {
  if (databasePath === IN_MEMORY) return [];
  const folder = nearestFolder(databasePath);
  const { bavail, bsize } = statfsSync(folder);
  return [roomFinding(folder, bavail * bsize)];
}

export function roomFinding(folder: string, bytes: number): Finding {
  const text = `Disk: ${Math.floor(bytes / MIB).toLocaleString('en')} MiB are free at ${folder}`;
  if (bytes < LITTLE_ROOM) return { mark: 'wrong', text: `${text}. When it is full no order can be taken: make room now` };
  return bytes < ENOUGH_ROOM
    ? { mark: 'note', text: `${text}. Make room before it is full: then no order can be taken` }
    : { mark: 'ok', text };
}

/** Where the file lies, or will lie once the folders that are missing are made. */
function nearestFolder(path: string): string {
  let folder = dirname(resolve(path));
  while (!existsSync(folder) && dirname(folder) !== folder) folder = dirname(folder);
  return folder;
}

function may(path: string, mode: number): boolean {
  try {
    accessSync(path, mode);
    return true;
  } catch {
    return false;
  }
}
