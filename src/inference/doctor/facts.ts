/** Facts that the doctor takes from disk and from programs. */

import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import * as fs from 'node:fs/promises';
import * as os from 'node:os';
import * as path from 'node:path';
import { hostEnvironment } from '../client/launch';
import { codeOf, messageOf } from '../failure';
import type { ProgramAnswer } from './environmentChecks';
import type { DiskFacts } from './machineChecks';

/** What `program --version` says; of an editor's own runtime, what Node's would. */
export function programVersion(program: string, signal: AbortSignal): Promise<ProgramAnswer> {
	return new Promise((resolve) => {
		execFile(
			program,
			['--version'],
			// Not in the workspace: Windows would look there first.
			{ cwd: os.homedir(), env: hostEnvironment(process.env), signal, windowsHide: true },
			(error, output) => {
				const text = output.trim().split('\n')[0] ?? '';
				resolve(
					error === null && text !== ''
						? { type: 'version', text }
						: { type: 'failed', reason: error === null ? '' : reasonOf(error) },
				);
			},
		);
	});
}

/** Writes a small file there, and removes it. */
export async function writableFolder(folder: string): Promise<DiskFacts> {
	const file = path.join(folder, `.doctor-${randomBytes(8).toString('hex')}`);
	try {
		await fs.mkdir(folder, { recursive: true });
		await fs.writeFile(file, 'doctor');
		await fs.rm(file, { force: true });
		return { folder, free: await freeBytes(folder), problem: undefined };
	} catch (error) {
		return { folder, free: undefined, problem: reasonOf(error) };
	}
}

async function freeBytes(folder: string): Promise<number | undefined> {
	try {
		const { bavail, bsize } = await fs.statfs(folder);
		return bavail * bsize;
	} catch {
		return undefined;
	}
}

/** Without the path, which the report names where it matters. */
function reasonOf(error: unknown): string {
	return codeOf(error) ?? messageOf(error);
}
